import { invalidInput, LIMITS, type SuiteCommit, sha12 } from '../contract/index.ts'
import { readCommitDetails } from './commit-details.ts'
import { listRange } from './commit-range.ts'
import { type Mirror, SOURCE_HEAD } from './mirror-repository.ts'
import { type CommitLookup, lookUpCommits } from './present-commits.ts'
import { parseRevisions, type Revision } from './revision.ts'
import { unknownRevision } from './unknown-revision.ts'

export interface ResolveRequest {
  mirror: Mirror
  /** As asked for: `HEAD~2,HEAD~1,HEAD`, `main..feature`, ids, branches, tags. */
  commits: readonly string[]
  /** Ranges follow only the first parent of merges. */
  firstParent: boolean
  /** What `HEAD` and `@` stand for; the source's own HEAD by default. A name or id. */
  defaultRef?: string
}

/**
 * Turns the entries of `--commits` into commits, in the order asked for (ranges oldest first); several entries of one
 * commit share its first place. Errors, with field `commits` and the entry as value: `invalid_input`,
 * `ref_not_found` (with similar names, or that history is cut off), `suite_too_large`.
 */
export async function resolveCommits(request: ResolveRequest): Promise<SuiteCommit[]> {
  const revisions = parseRevisions(request.commits)
  const lookup = await lookUpAll(request, revisions)
  const found = new Map<string, Set<string>>()
  for (const revision of revisions) {
    for (const { sha, ref } of await expand(request, revision, lookup)) {
      const refs = found.get(sha) ?? new Set()
      if (ref !== undefined) refs.add(ref)
      found.set(sha, refs)
    }
    if (found.size > LIMITS.commitsPerSuite) throw tooLarge(revision.text)
  }
  return describe(request.mirror, found)
}

type Lookup = (text: string, expression: string) => Promise<string>

/** Looks all names up at once; the function it returns gives an id or throws for the entry that holds the name. */
async function lookUpAll(request: ResolveRequest, revisions: readonly Revision[]): Promise<Lookup> {
  const expressions = new Set<string>()
  for (const revision of revisions) {
    for (const one of revision.kind === 'commit' ? [revision.expression] : [revision.from, revision.to]) {
      expressions.add(one)
    }
  }
  const list = [...expressions]
  const meaning = meaningOf(request.defaultRef ?? 'HEAD')
  const answers = await lookUpCommits(request.mirror, list.map(meaning))
  const known = new Map(
    list.map((expression, index): [string, CommitLookup | undefined] => [expression, answers[index]]),
  )
  return async (text, expression) => {
    const answer = known.get(expression) ?? { problem: 'missing' as const }
    if ('sha' in answer) return answer.sha
    throw await unknownRevision(request.mirror, {
      text,
      expression,
      meant: meaning(expression),
      problem: answer.problem,
    })
  }
}

/** What is looked up for an expression: the same, with the default in place of a leading `HEAD` or `@`. */
function meaningOf(defaultRef: string): (expression: string) => string {
  const [checked] = parseRevisions([defaultRef])
  const head = checked?.kind !== 'commit' || checked.expression === 'HEAD' ? SOURCE_HEAD : checked.expression
  return (expression) => expression.replace(/^(?:HEAD|@)(?=$|[~^])/, () => head)
}

async function expand(request: ResolveRequest, revision: Revision, lookup: Lookup) {
  if (revision.kind === 'commit') {
    return [{ sha: await lookup(revision.text, revision.expression), ref: revision.text }]
  }
  const { text, symmetric } = revision
  const from = await lookup(text, revision.from)
  const to = await lookup(text, revision.to)
  const range = { text, from, to, symmetric, firstParent: request.firstParent }
  const shas = await listRange(request.mirror, range, LIMITS.commitsPerSuite + 1)
  if (shas.length > LIMITS.commitsPerSuite) throw tooLarge(text)
  return shas.map((sha) => ({ sha, ref: undefined }))
}

async function describe(mirror: Mirror, found: Map<string, Set<string>>): Promise<SuiteCommit[]> {
  const details = await readCommitDetails(mirror, [...found.keys()])
  return [...found].map(([sha, refs], position) => ({
    position,
    sha,
    // A commit that only a range brought in has no name of its own.
    refs: refs.size > 0 ? [...refs] : [sha12(sha)],
    ...(details.get(sha) ?? { subject: '', author: '', committedAt: new Date(0).toISOString() }),
  }))
}

function tooLarge(text: string) {
  const rule = `a suite must have at most ${LIMITS.commitsPerSuite} commits`
  return invalidInput('commits', text, rule, 'Name a shorter range.', 'suite_too_large')
}
