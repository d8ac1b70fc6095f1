import type { SearchSpec } from '../../src/contract/index.ts'
import type { PlannedRuns, RoundOutcome } from '../../src/store/searches/round-rows.ts'
import type { Store } from '../../src/store/store.ts'
import type { SuiteFault } from '../../workflows/search-api.ts'
import { preparationMs } from './preparation-time.ts'

interface EndedRound {
  spec: SearchSpec
  batches: readonly PlannedRuns[]
  faults: readonly SuiteFault[]
  /** The budget of time ran out while it was under way. */
  cut: boolean
}

/** What came of the batches of a round that has ended. */
export async function readOutcomes(store: Store, ended: EndedRound): Promise<RoundOutcome[]> {
  return await Promise.all(ended.batches.map((batch) => readOutcome(store, ended, batch)))
}

type Nothing = Pick<RoundOutcome, 'reason' | 'blame'>

async function readOutcome(
  store: Store,
  { spec, faults, cut }: EndedRound,
  { position, sha, suite, seeds }: PlannedRuns,
): Promise<RoundOutcome> {
  const outcome = { position, suite, asked: seeds.length }
  const none = { ...outcome, runs: 0, failures: 0, runMs: null, prepareMs: null }
  // Fast passes end before slow failures: what a cut round has finished is no fair part of it.
  if (cut) return { ...none, reason: 'time_used_up', blame: null }
  const fault = faults.find((one) => one.suite === suite)
  if (fault !== undefined) return { ...none, ...byFault(fault.code) }
  const verdict = await store.suites.verdict(suite, sha)
  if (verdict === undefined) return { ...none, ...byFault('no_results') }
  const prepareMs = await preparationMs(store, suite)
  if (verdict.verdict === 'inconclusive') {
    return { ...none, prepareMs, ...(await untested(store, { suite, sha, reason: verdict.reason })) }
  }
  const observed = await store.searches.observed({ suite: { id: suite }, sha, test: spec.test })
  if (observed.length === 0) return { ...none, prepareMs, reason: 'test_missing', blame: 'commit' }
  return {
    ...outcome,
    ...{ runs: observed.length, failures: observed.filter(({ failed }) => failed).length, prepareMs },
    runMs: observed.reduce((sum, { durationMs }) => sum + durationMs, 0) / observed.length,
    ...{ reason: null, blame: null },
  }
}

/** Of `only_errors` the runs know more. */
async function untested(
  store: Store,
  { suite, sha, reason }: { suite: string; sha: string; reason: string | null },
): Promise<Nothing> {
  if (reason !== 'only_errors') return byFault(reason ?? 'no_results')
  const [lost] = await store.results.list({ suite, sha, outcome: 'error', limit: 1 })
  return byFault(lost?.reason ?? reason)
}

/** What is wrong with a commit and not with what runs it: nothing that could be tried again. */
const OF_THE_COMMIT = new Set(['command_not_found', 'submodules_needed', 'template_invalid', 'config_invalid'])

const byFault = (reason: string): Nothing => ({
  reason,
  blame: OF_THE_COMMIT.has(reason) || isFailedStep(reason) ? 'commit' : 'infrastructure',
})

/** `setup_failed` and its like, by the steps of a preparation. */
const isFailedStep = (reason: string): boolean => reason === 'setup_failed' || reason === 'checkout_failed'
