import anser from 'anser'

/** A piece of text with the classes of its colours; never markup. */
export interface Span {
  text: string
  classes: string
}

const COLOUR = /^ansi-(?:bright-)?(?:black|red|green|yellow|blue|magenta|cyan|white)$/
const DECORATIONS: readonly string[] = ['bold', 'dim', 'italic', 'underline', 'strikethrough', 'reverse', 'hidden']
/** All escape sequences but colours: moves of a cursor, titles of windows, links; then what is no text. */
const OTHER_ESCAPES =
  /\u001b\](?:[^\u0007\u001b\n]|\u001b(?!\\))*(?:\u0007|\u001b\\|(?=\n)|$)|\u001b[P^_X](?:[^\u001b\n]|\u001b(?!\\))*(?:\u001b\\|(?=\n)|$)|\u001b\[[0-?]*[ -/]*[@-ln-~]|\u001b(?![[])[ -/]*[0-~]/g
const CONTROLS = /[\u0000-\u0008\u000b-\u001a\u001c-\u001f\u007f\u0080-\u009f]/g
/** Of what turns the direction of text round, so that it reads otherwise than it is. */
const BIDI = /[\u202a-\u202e\u2066-\u2069]/g

/** Text as it is shown: a lone carriage return overwrites its line, as a terminal has it. */
export const shownText = (text: string): string =>
  text
    .replace(OTHER_ESCAPES, '')
    .split('\n')
    .map((line) => line.replace(/\r+$/, '').split('\r').at(-1) ?? '')
    .join('\n')
    .replace(CONTROLS, '�')
    .replace(BIDI, '�')

/** Coloured output as spans. Colours out of a fixed set only: what comes from a test names no class and no style. */
export function ansiSpans(text: string): Span[] {
  return anser
    .ansiToJson(shownText(text), { use_classes: true, remove_empty: true, json: true })
    .map(({ content, fg, bg, decorations }) => ({
      text: content.replaceAll('\u001b', ''),
      classes: [
        ...(COLOUR.test(fg ?? '') ? [`fg-${fg}`] : []),
        ...(COLOUR.test(bg ?? '') ? [`bg-${bg}`] : []),
        ...(decorations ?? []).filter((name) => DECORATIONS.includes(name)).map((name) => `ansi-${name}`),
      ].join(' '),
    }))
    .filter((span) => span.text !== '')
}
