import { proofOf, type SoundSweep } from '../../src/contract/index.ts'
import type { Candidate } from '../../src/stats/sweep/allocate.ts'
import { runsOfProof } from '../../src/stats/sweep/proof.ts'
import type { IsAfter, TestState } from '../../src/stats/sweep/swept-test.ts'
import type { CandidateCommit } from './candidates.ts'
import type { SweepKnowledge } from './knowledge.ts'

interface Known {
  knowledge: SweepKnowledge
  tests: ReadonlyMap<string, TestState>
  isAfter: IsAfter
  request: Pick<SoundSweep, 'maxFlakeRate' | 'confidence'>
}

/**
 * What is known of each commit that a sweep may choose, newest first. A flake that did not run at a commit where others
 * did is not there: runs at that commit would tell nothing of it.
 */
export function candidatesOf(
  commits: readonly CandidateCommit[],
  { knowledge, tests, isAfter, request }: Known,
): Candidate[] {
  const { maxRate, confidence } = proofOf(request)
  const needed = runsOfProof(maxRate, confidence)
  const unfixed = [...tests].filter(([, { claim }]) => claim === null)
  const newestSeen = commits.findIndex(({ sha }) => knowledge.commits.has(sha))
  return commits.map((commit, age) => {
    const seen = knowledge.commits.get(commit.sha)
    const there = unfixed.filter(([test]) => seen === undefined || seen.has(test))
    const missing = there
      .filter(([, { lastFailed }]) => isAfter(commit, lastFailed))
      .map(([, { proofRuns }]) => Math.max(1, needed - proofRuns))
    const flakes = there.map(([test]) => ({ ...(seen?.get(test) ?? { runs: 0, failed: 0 }), flaky: true }))
    const others = [...(seen ?? [])].filter(([test]) => tests.get(test)?.claim !== null)
    const plain = seen === undefined ? [{ runs: 0, failed: 0 }] : others.map(([, counts]) => counts)
    return {
      age,
      isNew: seen === undefined && (newestSeen === -1 ? age === 0 : age < newestSeen),
      tests: [...flakes, ...plain.map((counts) => ({ ...counts, flaky: false }))],
      proofMissing: missing.length === 0 ? 0 : Math.min(...missing),
    }
  })
}
