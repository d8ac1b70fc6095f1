import {
  emptyTally,
  formatRunId,
  type ReportedCommit,
  type ReportedRun,
  type RunResult,
  type SuiteCommit,
  type SuiteReport,
  type Tally,
  type Verdict,
} from '../contract/index.ts'
import { readCommitTests, readIndependence } from './commit-tests.ts'
import { judgeRuns } from './judge-runs.ts'
import type { RecordReader, StoredSuite } from './store.ts'
import { suiteNotFound } from './write.ts'

interface ReportOptions {
  /** Whether the single runs are in it. */
  results: boolean
  /** Tests of a commit that are listed at most. */
  tests?: number | undefined
}

const COMMITS_PER_PAGE = 1_000
const RESULTS_PER_PAGE = 1_000

/** A recorded run as reports show it. */
export function reportedRun({ suite, sha, attempt, generation, startedAt: _, ...rest }: RunResult): ReportedRun {
  const id = formatRunId({ suite, sha, attempt, generation })
  return { id, attempt, ...rest, replay: `commit-suite replay ${id}` }
}

/** Runs of a commit by attempt, after early stopping those that count. */
async function readRuns(
  store: RecordReader,
  suite: string,
  { sha, stoppedEarly, evidence }: ReportedCommit,
): Promise<ReportedRun[]> {
  const below = stoppedEarly ? evidence : undefined
  const runs: ReportedRun[] = []
  for (;;) {
    const fromAttempt = (runs.at(-1)?.attempt ?? -1) + 1
    const page = await store.results.list({ suite, sha, fromAttempt, limit: RESULTS_PER_PAGE })
    const counted = below === undefined ? page : page.filter(({ attempt }) => attempt < below)
    runs.push(...counted.map(reportedRun))
    if (counted.length < RESULTS_PER_PAGE) return runs
  }
}

async function readCommit(
  store: RecordReader,
  suite: StoredSuite,
  commit: SuiteCommit,
  { onRecord, severalMachines, tests }: { onRecord: Tally; severalMachines: boolean; tests: number | undefined },
): Promise<ReportedCommit> {
  const { sha, refs, subject } = commit
  const verdict = await commitVerdict(store, suite, sha)
  const tally = await countedOf(store, suite.id, commit, { onRecord, below: verdict.evidence })
  const independence = severalMachines ? await readIndependence(store, suite.id, { sha, verdict }) : undefined
  return {
    ...{ refs, sha, subject, ...verdict, runs: sumOf(tally), ...tally },
    ...(await readCommitTests(store, suite, { sha, verdict, most: tests })),
    ...(independence === undefined ? {} : { independence }),
  }
}

/** The verdict on record, else what the runs so far say. */
export async function commitVerdict(store: RecordReader, suite: StoredSuite, sha: string): Promise<Verdict> {
  const decided = await store.suites.verdict(suite.id, sha)
  return decided ?? (await judgeRuns(store, suite, sha, { ended: false }))
}

const sumOf = (tally: Tally): number => Object.values(tally).reduce((sum, count) => sum + count, 0)

/** The runs that rate and interval are of. */
async function countedOf(
  { results }: RecordReader,
  suite: string,
  { sha }: SuiteCommit,
  { onRecord, below }: { onRecord: Tally; below: number | undefined },
): Promise<Tally> {
  return below === undefined || below >= sumOf(onRecord) ? onRecord : await results.tally(suite, sha, below)
}

/** What a report says of the suite itself. */
export function reportHead(suite: StoredSuite): Omit<SuiteReport, 'commits'> {
  const { id, spec, status, failure, createdAt, finishedAt, idleMs, extensions } = suite
  const end = finishedAt === null ? Date.now() : Date.parse(finishedAt)
  return {
    suite: id,
    repo: spec.repo,
    command: spec.command ?? null,
    status,
    ...(failure === null ? {} : { failure }),
    startedAt: createdAt,
    durationMs: Math.max(0, end - Date.parse(createdAt) - idleMs),
    seed: spec.seed,
    ...(extensions === 0 ? {} : { extensions }),
  }
}

/**
 * The commits of a report one by one, from what is on record at this moment; those without a recorded verdict are
 * judged by their runs so far: the longest finished prefix, which is then all that is counted.
 */
export async function* reportCommits(
  store: RecordReader,
  suite: StoredSuite,
  { results, tests }: ReportOptions,
): AsyncGenerator<ReportedCommit> {
  const [tallies, severalMachines] = await Promise.all([
    store.results.tallies(suite.id),
    store.results.hasSeveralMachines(suite.id),
  ])
  for (let page = await store.suites.commits(suite.id, 0, COMMITS_PER_PAGE); page.length > 0; ) {
    for (const commit of page) {
      const onRecord = tallies.get(commit.sha) ?? emptyTally()
      const reported = await readCommit(store, suite, commit, { onRecord, severalMachines, tests })
      yield results ? { ...reported, results: await readRuns(store, suite.id, reported) } : reported
    }
    const next = (page.at(-1)?.position ?? 0) + 1
    page = await store.suites.commits(suite.id, next, COMMITS_PER_PAGE)
  }
}

/** The document that `run --json` prints. Throws `suite_not_found`. */
export async function readReport(store: RecordReader, suiteId: string, options: ReportOptions): Promise<SuiteReport> {
  const suite = await store.suites.get(suiteId)
  if (suite === undefined) throw suiteNotFound(suiteId)
  const commits: ReportedCommit[] = []
  for await (const commit of reportCommits(store, suite, options)) commits.push(commit)
  const notifications = await store.notifications.list(suiteId)
  return { ...reportHead(suite), ...(notifications.length === 0 ? {} : { notifications }), commits }
}
