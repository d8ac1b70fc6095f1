import type { Firing, SweepDocument, SweepSummary, SweptTest } from '../../contract/http/sweeps.ts'
import { proofOf, type ScheduledSweep } from '../../contract/index.ts'
import { runsOfProof } from '../../stats/sweep/proof.ts'
import { stateOf, type TestState } from '../../stats/sweep/swept-test.ts'
import type { StoredFiring, SweepReader } from './sweep-store.ts'

const MOST_FIRINGS = 50

/** A sweep as lists show it. */
export async function sweepSummary(
  { sweeps }: { sweeps: SweepReader },
  { request, instance, paused, note, nextRuns }: ScheduledSweep,
): Promise<SweepSummary> {
  const { name, repo, cron, timezone, overlap, jitterMs, catchupMs, budgetRuns = null, budgetMs = null } = request
  const last = await sweeps.last(instance)
  return {
    ...{ name, repo, cron, timezone, paused, note, overlap, jitterMs, catchupMs },
    ...{ budget: { runs: budgetRuns, durationMs: budgetMs }, nextRuns },
    ...{ lastSuite: last?.suite ?? null, lastFiredAt: last?.at ?? null },
  }
}

/** A sweep with what it did and what it knows. */
export async function sweepDocument(store: { sweeps: SweepReader }, sweep: ScheduledSweep): Promise<SweepDocument> {
  const { maxRate, confidence } = proofOf(sweep.request)
  const proofNeeded = runsOfProof(maxRate, confidence)
  const [summary, firings, tests] = await Promise.all([
    sweepSummary(store, sweep),
    store.sweeps.firings(sweep.instance, MOST_FIRINGS),
    store.sweeps.tests(sweep.instance),
  ])
  return {
    ...summary,
    request: { ...sweep.request },
    firings: firings.map(shownFiring),
    tests: [...tests].map(([test, state]) => shownTest(test, state, proofNeeded)),
  }
}

const shownFiring = ({ id: _, sweep: __, plan: ___, ...firing }: StoredFiring): Firing => firing

function shownTest(test: string, state: TestState, proofNeeded: number): SweptTest {
  const { runs, failed, lastFailed, proofRuns, claim } = state
  return {
    ...{ test, state: stateOf(state), failureRate: runs === 0 ? 0 : failed / runs, runs, claim },
    ...{ lastFailed: lastFailed.sha, proofRuns, proofNeeded },
  }
}
