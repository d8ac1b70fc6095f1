// XML 1.0, production 2 (Char): everything else may not appear, not even as a character reference.
const NOT_A_CHAR = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
}

export const escapeText = (text: string): string =>
  text.replace(NOT_A_CHAR, '\ufffd').replace(/[&<>"\t\n\r]/g, (character) => ENTITIES[character] ?? character)

export type Attributes = Record<string, string | number>

/** An XML element on lines of its own. */
export function element(name: string, attributes: Attributes, children: string[] = [], indent = ''): string {
  const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${escapeText(String(value))}"`)
  const start = `${indent}<${name}${written.join('')}`
  return children.length === 0 ? `${start}/>` : `${start}>\n${children.join('\n')}\n${indent}</${name}>`
}
