type Command = 'error' | 'warning' | 'notice'

const escapeData = (text: string): string => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
const escapeProperty = (text: string): string => escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C')

/** One line that GitHub Actions shows as an annotation, with texts of whatever origin. */
export const workflowCommand = (command: Command, title: string, message: string): string =>
  `::${command} title=${escapeProperty(title)}::${escapeData(message)}`

/**
 * Text of whatever origin as it may stand in the log of a job without being obeyed. The runner takes a line for a
 * command that begins with two colons, blanks aside, and one with `##[` anywhere in it. One line of JSON stays the same
 * document.
 */
export function inert(text: string): string {
  const isJson = /^[[{].*[\]}]$/.test(text)
  if (isJson) return text.replaceAll('##[', '#\\u0023[')
  return text.replace(/^((?:[^\S\r\n]|[\u0085\u200b])*):(?=:)/gm, '$1: ').replaceAll('##[', '# #[')
}
