import {
  emptyTally,
  formatRunId,
  type ReportedCommit,
  type ReportedRun,
  type RunResult,
  type SuiteCommit,
  type SuiteReport,
  type Tally,
} from '../contract/index.ts'
import { judge } from '../stats/verdict.ts'
import type { Store } from './store.ts'
import { suiteNotFound } from './write.ts'

const COMMITS_PER_PAGE = 1_000
const RESULTS_PER_PAGE = 1_000

function reportedRun({ suite, sha, attempt, generation, startedAt: _, ...rest }: RunResult): ReportedRun {
  const id = formatRunId({ suite, sha, attempt, generation })
  return { id, attempt, ...rest, replay: `commit-suite replay ${id}` }
}

async function readRuns(store: Store, suite: string, sha: string): Promise<ReportedRun[]> {
  const runs: ReportedRun[] = []
  for (;;) {
    const fromAttempt = (runs.at(-1)?.attempt ?? -1) + 1
    const page = await store.results.list({ suite, sha, fromAttempt, limit: RESULTS_PER_PAGE })
    runs.push(...page.map(reportedRun))
    if (page.length < RESULTS_PER_PAGE) return runs
  }
}

async function readCommit(store: Store, suite: string, commit: SuiteCommit, tally: Tally): Promise<ReportedCommit> {
  const { sha, refs, subject } = commit
  const decided = await store.suites.verdict(suite, sha)
  const verdict = decided ?? judge(tally, { exitCodes: await store.results.exitCodes(suite, sha) })
  const runs = Object.values(tally).reduce((sum, count) => sum + count, 0)
  return { refs, sha, subject, ...verdict, runs, ...tally }
}

/**
 * The document that `run --json` prints, from what is on record at this moment; commits without a recorded verdict
 * are judged by their runs so far. Throws `suite_not_found`.
 */
export async function readReport(store: Store, suiteId: string, options: { results: boolean }): Promise<SuiteReport> {
  const suite = await store.suites.get(suiteId)
  if (suite === undefined) throw suiteNotFound(suiteId)
  const tallies = await store.results.tallies(suiteId)
  const commits: ReportedCommit[] = []
  for (let page = await store.suites.commits(suiteId, 0, COMMITS_PER_PAGE); page.length > 0; ) {
    for (const commit of page) {
      const reported = await readCommit(store, suiteId, commit, tallies.get(commit.sha) ?? emptyTally())
      commits.push(options.results ? { ...reported, results: await readRuns(store, suiteId, commit.sha) } : reported)
    }
    const next = (page.at(-1)?.position ?? 0) + 1
    page = await store.suites.commits(suiteId, next, COMMITS_PER_PAGE)
  }
  const { spec, status, failure, createdAt, finishedAt } = suite
  const end = finishedAt === null ? Date.now() : Date.parse(finishedAt)
  return {
    suite: suiteId,
    repo: spec.repo,
    command: spec.command ?? null,
    status,
    ...(failure === null ? {} : { failure }),
    startedAt: createdAt,
    durationMs: Math.max(0, end - Date.parse(createdAt)),
    seed: spec.seed,
    commits,
  }
}
