import { findStop } from '../src/store/judge-runs.ts'
import type { EvidenceQuery } from './api.ts'
import type { ActivityDeps } from './deps.ts'
import { stopOfQuestion } from './isolation/stop-of-question.ts'
import { findSuite } from './suite-lookup.ts'

/**
 * Whether the runs of a commit with attempts below a bound suffice, and after how many of them they do; without a bound
 * of its own the answer would hang on what else has ended by now. Reads outcomes only: 100,000 of them in some 0.2 s.
 */
export async function checkEvidence(
  { store }: Pick<ActivityDeps, 'store'>,
  { suite, sha, below }: EvidenceQuery,
): Promise<{ stop: boolean; evidence: number }> {
  const stored = await findSuite(store, suite)
  const { partOf } = stored.spec
  const stop =
    partOf?.kind === 'isolation'
      ? await stopOfQuestion(store, partOf, { suite, sha, below })
      : await findStop(store, stored, sha, below)
  return { stop: stop !== null, evidence: stop ?? below }
}
