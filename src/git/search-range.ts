import { CommitSuiteError, invalidInput, SEARCH_LIMITS, sha12 } from '../contract/index.ts'
import { type CommitDetails, readCommitDetails } from './commit-details.ts'
import type { Mirror } from './mirror-repository.ts'
import { resolveCommits } from './resolve.ts'
import { parseRevisions } from './revision.ts'
import { readMirror } from './simple-git.ts'

export interface SearchRangeRequest {
  mirror: Mirror
  /** As asked for; undefined for all history. */
  good: string | undefined
  bad: string
  /** Only the first parents of merges. */
  firstParent: boolean
}

/** A commit of a search, with its parents in the range as positions. */
export interface RangeCommit extends CommitDetails {
  sha: string
  parents: number[]
}

/**
 * The commits of a search, parents before their children: first `good`, or the oldest there is, then what `bad` has and
 * `good` has not. Errors, with field `good` or `bad`: `invalid_input` (a range, not an ancestor, one commit only),
 * `ref_not_found`, `search_too_large`.
 */
export async function listSearchRange(request: SearchRangeRequest): Promise<RangeCommit[]> {
  const { mirror, good, firstParent } = request
  const bad = await resolveOne(mirror, 'bad', request.bad)
  const base = good === undefined ? undefined : await resolveOne(mirror, 'good', good)
  if (base !== undefined) await assertAncestor(request, base, bad)
  const behind = await listCommits(mirror, base === undefined ? bad : `${base}..${bad}`, firstParent)
  const shas = base === undefined ? behind : [{ sha: base, parents: [] }, ...behind]
  if (shas.length > SEARCH_LIMITS.commits) throw tooLarge(request)
  if (shas.length === 1) throw nothingToSearch(request)
  const details = await readCommitDetails(
    mirror,
    shas.map(({ sha }) => sha),
  )
  const positions = new Map(shas.map(({ sha }, position) => [sha, position]))
  return shas.map(({ sha, parents }, position) => ({
    sha,
    parents: firstParent
      ? [position - 1].filter((parent) => parent >= 0)
      : parents.flatMap((parent) => positions.get(parent) ?? []),
    ...(details.get(sha) ?? { subject: '', author: '', committedAt: new Date(0).toISOString() }),
  }))
}

async function resolveOne(mirror: Mirror, field: 'good' | 'bad', text: string): Promise<string> {
  try {
    const [revision, another] = parseRevisions([text])
    if (revision?.kind !== 'commit' || another !== undefined) {
      throw invalidInput(field, text, 'must name one commit', 'The range is what lies between good and bad.')
    }
    const [commit] = await resolveCommits({ mirror, commits: [text], firstParent: false })
    if (commit === undefined) throw invalidInput(field, text, 'names no commit', undefined, 'ref_not_found')
    return commit.sha
  } catch (error) {
    throw error instanceof CommitSuiteError ? ofField(error, field) : error
  }
}

/** What resolving complains about of `commits` is the value of this field. */
function ofField(error: CommitSuiteError, field: string): CommitSuiteError {
  if (error.detail.field !== 'commits') return error
  const message = error.message.replace(/^commits/, field)
  return new CommitSuiteError(error.code, message, { ...error.detail, field }, { cause: error })
}

async function assertAncestor({ mirror, good, bad }: SearchRangeRequest, base: string, end: string): Promise<void> {
  if ((await revList(mirror, ['--max-count=1'], `${end}..${base}`)) === '') return
  const swapped = (await revList(mirror, ['--max-count=1'], `${base}..${end}`)) === ''
  const remedy = swapped ? `It is behind it: did you mean good ${bad} and bad ${good}?` : 'Name a common ancestor.'
  throw invalidInput('good', good, `is not an ancestor of bad, ${bad} (${sha12(end)})`, remedy)
}

async function listCommits(
  mirror: Mirror,
  expression: string,
  firstParent: boolean,
): Promise<{ sha: string; parents: string[] }[]> {
  // One more than may be is enough to know that it is too large.
  const flags = ['--topo-order', '--reverse', '--parents', `--max-count=${SEARCH_LIMITS.commits + 1}`]
  const text = await revList(mirror, [...flags, ...(firstParent ? ['--first-parent'] : [])], expression)
  return text.split('\n').flatMap((line) => {
    const [sha, ...parents] = line.split(' ')
    return sha === undefined || sha === '' ? [] : [{ sha, parents }]
  })
}

const revList = async (mirror: Mirror, flags: readonly string[], expression: string): Promise<string> =>
  (await readMirror(mirror, ['rev-list', ...flags, '--end-of-options', expression])).trim()

function tooLarge({ good, bad }: SearchRangeRequest): CommitSuiteError {
  const rule = `more than ${SEARCH_LIMITS.commits.toLocaleString('en')} commits lie up to ${bad}, the most that are searched`
  return invalidInput('good', good ?? null, rule, 'Name a newer commit that is still good.', 'search_too_large')
}

function nothingToSearch({ good, bad }: SearchRangeRequest): CommitSuiteError {
  if (good === undefined) return invalidInput('bad', bad, 'is the only commit of its history: nothing lies before it')
  return invalidInput('good', good, `is the same commit as bad, ${bad}: nothing lies between them`)
}
