import { invalidInput, type SoundSweep, type SuiteCommit, sha12 } from '../../src/contract/index.ts'
import { readCommitDetails } from '../../src/git/commit-details.ts'
import type { Mirror } from '../../src/git/mirror-repository.ts'
import { type ListedCommit, newestCommits } from '../../src/git/newest-commits.ts'
import { resolveCommits } from '../../src/git/resolve.ts'

/** Commits up to HEAD that a budget may be spent at where none are named. */
const NEWEST = 20
/** Of those that are named. */
const MOST_CANDIDATES = 50

/** Without a budget all of them are run. */
const MOST_WITHOUT_BUDGET = 200

export type CandidateCommit = Pick<SuiteCommit, 'sha' | 'subject' | 'committedAt'>

/** Commits that a firing may run, the newest first. Without a budget they all are run. */
export async function listCandidates(mirror: Mirror, request: SoundSweep): Promise<CandidateCommit[]> {
  const { commits = ['HEAD'], firstParent, budgetRuns, budgetMs } = request
  const named = await resolveCommits({ mirror, commits, firstParent })
  const hasBudget = budgetRuns !== undefined || budgetMs !== undefined
  if (!hasBudget && named.length > MOST_WITHOUT_BUDGET) {
    const rule = `name ${named.length} commits; a firing without a budget runs at most ${MOST_WITHOUT_BUDGET}`
    throw invalidInput('commits', commits, rule, 'Give it a budget: it then chooses among them.', 'suite_too_large')
  }
  if (!hasBudget) return named.toReversed()
  if (request.commits !== undefined) return named.toReversed().slice(0, MOST_CANDIDATES)
  const listed = await newestCommits(mirror, { from: named[0]?.sha ?? 'HEAD', limit: NEWEST, firstParent })
  const details = await readCommitDetails(
    mirror,
    listed.map(({ sha }) => sha),
  )
  return listed.map(({ sha }) => ({
    sha,
    ...(details.get(sha) ?? { subject: sha12(sha), committedAt: new Date(0).toISOString() }),
  }))
}

/** Commits back in which descent is looked up exactly. */
const LINEAGE = 1_000

/** Whether a commit has another one behind it; what is further back than is looked is told by its date. */
export async function lineageOf(mirror: Mirror, tips: readonly string[]) {
  const parents = new Map<string, ListedCommit['parents']>()
  for (const tip of tips) {
    if (parents.has(tip)) continue
    for (const { sha, parents: behind } of await newestCommits(mirror, {
      from: tip,
      limit: LINEAGE,
      firstParent: false,
    })) {
      parents.set(sha, behind)
    }
  }
  const known = new Map<string, ReadonlySet<string>>()
  const behindOf = (sha: string): ReadonlySet<string> => {
    const found = known.get(sha) ?? behind(parents, sha)
    known.set(sha, found)
    return found
  }
  return (commit: { sha: string; committedAt: string }, other: { sha: string; committedAt: string }): boolean => {
    if (!parents.has(other.sha)) return commit.committedAt > other.committedAt
    return commit.sha !== other.sha && behindOf(commit.sha).has(other.sha)
  }
}

function behind(parents: ReadonlyMap<string, readonly string[]>, sha: string): ReadonlySet<string> {
  const found = new Set<string>()
  for (const next = [sha]; next.length > 0; ) {
    for (const parent of parents.get(next.pop() ?? '') ?? [])
      if (found.size !== found.add(parent).size) next.push(parent)
  }
  return found
}
