import { invalidInput } from '../contract/index.ts'

/** One entry of `--commits` after the checks; `text` is as the user wrote it. */
export type Revision =
  | { kind: 'commit'; text: string; expression: string }
  | { kind: 'range'; text: string; from: string; to: string; symmetric: boolean }

const LONGEST_REVISION = 1024
const LARGEST_STEP = 1_000_000
/** What `git check-ref-format` refuses, plus what would begin another syntax of `git rev-parse`. */
const FORBIDDEN_IN_NAME = /[\u0000-\u0020\u007f~^:?*[\\]|@\{|\.\.|\/\/|^\/|\/$|\.$|\.lock(?:\/|$)|(?:^|\/)\./
const SUFFIX = /(?:[~^]\d*|\^\{(?:commit)?\})*$/

/**
 * Reads the entries of `--commits`, each of which may hold several separated by commas. Accepted are names, ids, `@`,
 * steps (`~n`, `^n`), and the ranges `a..b` and `a...b`. Throws `invalid_input` with field `commits` for all else.
 */
export function parseRevisions(entries: readonly string[]): Revision[] {
  const texts = entries.flatMap((entry) => entry.split(',').map((text) => text.trim()))
  if (texts.length === 0) throw refuse('', 'must name at least one commit')
  return texts.map(parseRevision)
}

function parseRevision(text: string): Revision {
  if (text === '') throw refuse(text, 'must not have empty entries', 'Write for example "HEAD~1,HEAD".')
  if (text.length > LONGEST_REVISION) throw refuse(text, `must have at most ${LONGEST_REVISION} characters`)
  if (text.startsWith('-')) throw refuse(text, 'must not begin with a dash')
  if (text.startsWith('^')) throw refuse(text, 'must not exclude commits by "^"', 'Write a range as "a..b".')
  const range = /^(.*?)(\.{2,3})(?!\.)(.*)$/.exec(text)
  if (range === null) return { kind: 'commit', text, expression: checked(text, text) }
  const [, from = '', dots = '', to = ''] = range
  if (from === '' && to === '') throw refuse(text, 'must name at least one end of the range')
  return {
    kind: 'range',
    text,
    from: checked(text, from === '' ? 'HEAD' : from),
    to: checked(text, to === '' ? 'HEAD' : to),
    symmetric: dots === '...',
  }
}

function checked(text: string, expression: string): string {
  const name = baseOf(expression)
  if (name.startsWith('-')) throw refuse(text, 'must not hold a name that begins with a dash')
  if (name.includes('@{')) throw refuse(text, 'must not use "@{…}": it depends on a log that the mirror has not')
  if (name.includes(':')) throw refuse(text, 'must name commits, not paths or messages (":")')
  if (/\^\{/.test(name)) throw refuse(text, 'must not use "^{…}" other than "^{commit}"')
  if (name === '' || FORBIDDEN_IN_NAME.test(name)) throw refuse(text, 'is not a valid name of a commit')
  for (const [digits] of expression.slice(name.length).matchAll(/\d+/g)) {
    if (Number(digits) > LARGEST_STEP) throw refuse(text, `must not step over more than ${LARGEST_STEP} commits`)
  }
  return expression
}

/** The name an expression starts from: `main` of `main~2^`. */
export const baseOf = (expression: string): string => expression.replace(SUFFIX, '')

const refuse = (text: string, rule: string, remedy?: string) => invalidInput('commits', text, rule, remedy)
