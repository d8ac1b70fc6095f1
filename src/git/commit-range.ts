import { invalidInput, sha12 } from '../contract/index.ts'
import { type Mirror, shallowBoundary } from './mirror-repository.ts'
import { readMirror } from './simple-git.ts'

export interface CommitRange {
  /** As the user wrote it. */
  text: string
  /** Full ids of the ends. */
  from: string
  to: string
  /** `a...b`: what either has and the other has not. */
  symmetric: boolean
  firstParent: boolean
}

/**
 * Ids of the commits of a range, oldest first and parents before children, at most `limit`. Throws `invalid_input` for
 * an empty range and `ref_not_found` for one that reaches the end of a shallow history.
 */
export async function listRange(mirror: Mirror, range: CommitRange, limit: number): Promise<string[]> {
  const expression = `${range.from}${range.symmetric ? '...' : '..'}${range.to}`
  const flags = ['--date-order', '--reverse', `--max-count=${limit}`, ...(range.firstParent ? ['--first-parent'] : [])]
  const shas = await revList(mirror, flags, expression)
  if (shas.length === 0) throw await emptyRange(mirror, range)
  const boundary = await shallowBoundary(mirror.path)
  const cut = shas.find((sha) => boundary.has(sha))
  if (cut !== undefined) {
    const rule = `history is cut off at ${sha12(cut)} (shallow clone), so the range has no certain beginning`
    throw invalidInput('commits', range.text, rule, 'Run `git fetch --unshallow` in the repository.', 'ref_not_found')
  }
  return shas
}

async function emptyRange(mirror: Mirror, range: CommitRange) {
  const swapped =
    range.symmetric || range.from === range.to ? [] : await revList(mirror, ['-1'], `${range.to}..${range.from}`)
  const [from = '', to = ''] = range.text.split('..')
  const remedy = swapped.length > 0 ? `Did you mean "${to}..${from}"?` : undefined
  return invalidInput('commits', range.text, 'is an empty range: it holds no commit', remedy)
}

async function revList(mirror: Mirror, flags: readonly string[], expression: string): Promise<string[]> {
  const shas = await readMirror(mirror, ['rev-list', ...flags, '--end-of-options', expression])
  return shas.split('\n').filter((line) => line !== '')
}
