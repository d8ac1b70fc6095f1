/** Text of a repository as one line that Markdown leaves alone: no markup, no link, no HTML, no new cell. */
export const plain = (text: string): string =>
  text
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/[\\`*_{}[\]<>()#+!|~&@:]/g, (character) => `&#${character.charCodeAt(0)};`)
