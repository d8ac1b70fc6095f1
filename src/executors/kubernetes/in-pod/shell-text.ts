/** A word for a POSIX shell, whatever is in it but NUL. */
export const quoted = (word: string): string => `'${word.replaceAll("'", String.raw`'\''`)}'`

/** One line from which printf's `%b` makes the text again. */
export const asOneLine = (text: string): string =>
  text.replaceAll('\\', String.raw`\\`).replaceAll('\n', String.raw`\n`)
