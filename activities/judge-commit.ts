import type { Verdict } from '../src/contract/index.ts'
import { inconclusive, judge } from '../src/stats/verdict.ts'
import type { ActivityDeps } from './deps.ts'

interface CommitReference {
  suite: string
  sha: string
}

/** Verdicts are judged once a generation; a later one replaces them. */
const GENERATION = 0

/** Judges a commit by what is on record, and records the verdict. */
export async function decide(deps: ActivityDeps, { suite, sha }: CommitReference): Promise<{ verdict: string }> {
  const { results } = deps.store
  const [tally, exitCodes] = await Promise.all([results.tally(suite, sha), results.exitCodes(suite, sha)])
  return await record(deps, { suite, sha }, judge(tally, { exitCodes }))
}

/** Records that a commit could not be tested at all; runs that were asked for and lost are `error`. */
export async function failCommit(
  deps: ActivityDeps,
  { reason, ...commit }: CommitReference & { reason: string },
): Promise<{ verdict: string }> {
  return await record(deps, commit, inconclusive(reason))
}

async function record(
  deps: ActivityDeps,
  { suite, sha }: CommitReference,
  verdict: Verdict,
): Promise<{ verdict: string }> {
  await deps.store.suites.putVerdict(suite, sha, GENERATION, verdict)
  return { verdict: verdict.verdict }
}
