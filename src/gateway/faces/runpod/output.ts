import type { RunResult, Severity } from '../../../contract/index.ts'
import type { RecordReader, StoredSuite } from '../../../store/store.ts'
import { shareRoom } from './budget.ts'
import { hasPassed, readPrinted } from './printed.ts'
import { isCounted, type JobRow, type PrintedRun, rowOf } from './row.ts'

/** What a job came to. */
export interface JobOutput {
  total_runs: number
  parallelism: number
  failures: number
  repro_rate: number
  framework: string | null
  severity?: Severity
  /** What was ignored, as sentences; absent where nothing was. */
  warnings?: string[]
  results: JobRow[]
}

const STREAM_BYTES = 64 * 1024
const RESULTS_PER_PAGE = 1000

/** Of rows without their output, in JSON. */
const ROW_BYTES = 200

/** Of one stream of a row. */
export const streamLimit = ({ spec }: StoredSuite): number =>
  spec.job?.settled?.saveFullOutput === true ? Number.POSITIVE_INFINITY : STREAM_BYTES

/**
 * The rows in JSON of at most `replyBytes`. How much longer a text becomes in JSON is known only when it is there: what
 * turns out too long is cut once more, by the same rule.
 */
export async function fittingRows(
  store: Pick<RecordReader, 'logs' | 'artifacts'>,
  results: readonly RunResult[],
  { perStream, replyBytes }: { perStream: number; replyBytes: number },
): Promise<JobRow[]> {
  let room = Math.max(0, replyBytes - ROW_BYTES * (results.length + 1))
  const printed = await readPrinted(store, results, { room, perStream })
  for (;;) {
    const rows = cutRows(printed, room, perStream)
    const bytes = Buffer.byteLength(JSON.stringify(rows))
    if (bytes + ROW_BYTES <= replyBytes || room === 0) return rows
    room = Math.floor(room * Math.min(0.9, replyBytes / bytes))
  }
}

function cutRows(printed: readonly PrintedRun[], room: number, perStream: number): JobRow[] {
  const streams = printed.flatMap(({ result, stdout, stderr }) =>
    [stdout, stderr].map(({ sizeBytes }) => ({ sizeBytes, passed: hasPassed(result) })),
  )
  const limits = shareRoom(streams, room, perStream)
  return printed.map((run) => rowOf(run, hasPassed(run.result) ? limits.passed : limits.failed))
}

/** All results of a job by attempt; it has one commit. */
export async function readResults(
  store: Pick<RecordReader, 'suites' | 'results'>,
  suite: string,
): Promise<RunResult[]> {
  const [commit] = await store.suites.commits(suite, 0, 1)
  if (commit === undefined) return []
  const results: RunResult[] = []
  for (;;) {
    const fromAttempt = (results.at(-1)?.attempt ?? -1) + 1
    const page = await store.results.list({ suite, sha: commit.sha, fromAttempt, limit: RESULTS_PER_PAGE })
    results.push(...page)
    if (page.length < RESULTS_PER_PAGE) return results
  }
}

/** The output of a job that has ended, with whatever ran of it. */
export async function jobOutput(
  store: Pick<RecordReader, 'suites' | 'tests' | 'rules' | 'logs' | 'artifacts'>,
  suite: StoredSuite,
  results: readonly RunResult[],
  replyBytes: number,
): Promise<JobOutput> {
  const { spec } = suite
  const counted = results.filter(({ outcome }) => isCounted(outcome))
  const failures = counted.filter((result) => !hasPassed(result)).length
  const severity = await severityOf(store, suite.id, results[0]?.sha)
  const warnings = await warningsOf(store, suite, results)
  const rows = await fittingRows(store, results, {
    perStream: streamLimit(suite),
    replyBytes: replyBytes - Buffer.byteLength(JSON.stringify(warnings)),
  })
  return {
    total_runs: spec.runs,
    parallelism: spec.parallelism,
    failures,
    repro_rate: counted.length === 0 ? 0 : failures / counted.length,
    framework: spec.job?.settled?.framework ?? null,
    ...(severity === undefined ? {} : { severity }),
    ...(warnings.length === 0 ? {} : { warnings }),
    results: rows,
  }
}

async function severityOf(store: Pick<RecordReader, 'suites'>, suite: string, sha: string | undefined) {
  return sha === undefined ? undefined : (await store.suites.verdict(suite, sha))?.severity
}

async function warningsOf(
  store: Pick<RecordReader, 'rules' | 'tests'>,
  { id, spec: { job } }: StoredSuite,
  results: readonly RunResult[],
): Promise<string[]> {
  const ignored = (job?.ignored ?? []).map((name) => `input: ${JSON.stringify(name)} is not a known field.`)
  const blind = await isBlind(store, id, results)
  return [...ignored, ...(job?.settled?.warnings ?? []), ...(blind ? [WITHOUT_REPORTS] : [])]
}

const WITHOUT_REPORTS =
  'Patterns of ignored and quarantined tests had no effect, because no run left a report of its tests.'

/** Whether tests that do not count could not be told from others. */
async function isBlind(
  { rules, tests }: Pick<RecordReader, 'rules' | 'tests'>,
  suite: string,
  [first]: readonly RunResult[],
): Promise<boolean> {
  if (first === undefined) return false
  const { ignored = 0, quarantined = 0 } = (await rules.get(suite, first.sha)) ?? {}
  return ignored + quarantined > 0 && (await tests.ofCommit({ suite, sha: first.sha })) === undefined
}
