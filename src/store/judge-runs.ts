import {
  DEFAULT_CONFIDENCE,
  DEFAULT_MAX_FLAKE_RATE,
  type SeverityThresholds,
  type SuiteSpec,
  type Verdict,
} from '../contract/index.ts'
import { exitCodesOf, type RunEvidence, tallyOf } from '../stats/run-evidence.ts'
import { isAtCap, judgeInSequence, type SequentialOptions } from '../stats/sequential-verdict.ts'
import { stopPoint } from '../stats/stop-point.ts'
import { judge } from '../stats/verdict.ts'
import type { RecordReader, StoredSuite } from './store.ts'
import type { RecordedTests } from './tests/recorded-tests.ts'

type Reader = {
  suites: Pick<RecordReader['suites'], 'extension'>
  results: Pick<RecordReader['results'], 'outcomes' | 'tally' | 'exitCodes'>
  tests: RecordReader['tests']
  rules: Pick<RecordReader['rules'], 'get' | 'marked'>
}
type Suite = Pick<StoredSuite, 'id' | 'spec' | 'extensions'>

interface JudgeRunsOptions {
  /** Whether no more runs come; otherwise only the longest finished prefix counts, in attempt order. */
  ended: boolean
}

/**
 * Judges a commit by what is on record. The interval is always-valid but where the number of runs was fixed in advance
 * and all have ended: not while some are still to come, not where the evidence decides when to stop, and not where runs
 * were added, which is to look at the results first.
 */
export async function judgeRuns(
  store: Reader,
  suite: Suite,
  sha: string,
  { ended }: JudgeRunsOptions,
): Promise<Verdict> {
  const { id, spec } = suite
  const severityThresholds = (await store.rules.get(id, sha))?.severityThresholds
  if (spec.until !== undefined) {
    return judgeEvidence(await readEvidence(store, { suite: id, sha }), spec, severityThresholds)
  }
  if (!ended) {
    const runs = await store.results.outcomes({ suite: id, sha })
    const judged = judge(tallyOf(runs), { method: 'always-valid', exitCodes: exitCodesOf(runs), severityThresholds })
    return { ...judged, evidence: runs.length }
  }
  const [tally, exitCodes, enlarged] = await Promise.all([
    store.results.tally(id, sha),
    store.results.exitCodes(id, sha),
    wasEnlarged(store, suite),
  ])
  return judge(tally, { method: enlarged ? 'always-valid' : 'clopper-pearson', exitCodes, severityThresholds })
}

/** Repeating errors adds nothing to the number of results that was asked for at first. */
async function wasEnlarged({ suites }: Reader, { id, spec, extensions }: Suite): Promise<boolean> {
  const first = extensions === 0 ? undefined : await suites.extension(id, 1)
  return first !== undefined && first.firstAttempt < spec.runs
}

function judgeEvidence(
  runs: readonly RunEvidence[],
  spec: SuiteSpec,
  severityThresholds: SeverityThresholds | undefined,
): Verdict {
  const options = sequentialOptions(spec)
  const stop = stopPoint(runs, options)
  const evidence = stop === null ? runs : runs.slice(0, stop)
  const outcomes = evidence.map(({ outcome }) => outcome)
  const judged = judgeInSequence(outcomes, { ...options, exitCodes: exitCodesOf(evidence), severityThresholds })
  return { ...judged, stoppedEarly: stop !== null && !isAtCap(outcomes, options), evidence: evidence.length }
}

const sequentialOptions = ({ maxFlakeRate, confidence, runs }: SuiteSpec): SequentialOptions => ({
  maxFlakeRate: maxFlakeRate ?? DEFAULT_MAX_FLAKE_RATE,
  confidence: confidence ?? DEFAULT_CONFIDENCE,
  cap: runs,
})

/**
 * After how many runs a commit of a suite with `until` stops; null where those on record, with `below` those of attempts
 * below it, do not suffice.
 */
export async function findStop(
  store: Pick<Reader, 'results' | 'tests' | 'rules'>,
  { id, spec }: Pick<Suite, 'id' | 'spec'>,
  sha: string,
  below?: number,
): Promise<number | null> {
  return stopPoint(await readEvidence(store, { suite: id, sha, below }), sequentialOptions(spec))
}

const NO_TESTS: readonly number[] = []
const NO_FAILURES: ReadonlyMap<number, unknown> = new Map()

/** The longest finished prefix with what its reports say of tests; failures that do not count are left out. */
async function readEvidence(
  store: Pick<Reader, 'results' | 'tests' | 'rules'>,
  query: { suite: string; sha: string; below?: number | undefined },
): Promise<RunEvidence[]> {
  const runs: RunEvidence[] = await store.results.outcomes(query)
  const recorded = await store.tests.ofCommit({ ...query, below: runs.length })
  const failuresOf = recorded === undefined ? () => NO_FAILURES : await countedFailures(store, recorded)
  for (const { attempt, ran, skipped, failed } of recorded?.runs ?? []) {
    const setOf = (id: number | null) => (id === null ? undefined : recorded?.sets.get(id)) ?? NO_TESTS
    const run = runs[attempt]
    if (run !== undefined) run.tests = { ran: setOf(ran), skipped: setOf(skipped), failed: failuresOf(failed) }
  }
  return runs
}

type FailuresOfSet = (set: number | null) => ReadonlyMap<number, unknown>

/** No more runs are made for what the commit ignores or has in quarantine. */
async function countedFailures(
  { rules }: Pick<Reader, 'rules'>,
  { suite, sha, names, failures }: RecordedTests,
): Promise<FailuresOfSet> {
  const { ignored, quarantined } = await rules.marked(suite, sha)
  const uncounted = new Set([...ignored, ...quarantined])
  if (uncounted.size === 0) return (set) => (set === null ? undefined : failures.get(set)) ?? NO_FAILURES
  const counted = new Map(
    Array.from(failures, ([set, tests]) => [
      set,
      new Map(Array.from(tests).filter(([test]) => !uncounted.has(names.get(test) ?? ''))),
    ]),
  )
  return (set) => (set === null ? undefined : counted.get(set)) ?? NO_FAILURES
}
