import {
  type CommitRules,
  DEFAULT_CONFIDENCE,
  DEFAULT_MAX_FLAKE_RATE,
  type Independence,
  type ReportedCommit,
  type Verdict,
} from '../contract/index.ts'
import { DEFAULT_LEVEL } from '../stats/interval.ts'
import { independence } from '../stats/overdispersion.ts'
import { markReport } from './rules/mark-report.ts'
import type { RecordReader, StoredSuite } from './store.ts'
import { failuresOutsideTests } from './tests/group-failures.ts'
import { reportTests, type TestJudging } from './tests/report-tests.ts'
import { tallyTests } from './tests/tally-tests.ts'

type ReportedTests = Pick<ReportedCommit, 'tests' | 'testCount' | 'outsideTests' | 'unreadableReports'>

/**
 * What a report says of a commit's tests, from the runs that its verdict counts; nothing where none of them left a
 * report. Lists at most `most` tests, and counts all.
 */
export async function readCommitTests(
  store: Pick<RecordReader, 'suites' | 'tests' | 'rules'>,
  suite: Pick<StoredSuite, 'id' | 'spec'>,
  { sha, verdict, most = Number.POSITIVE_INFINITY }: { sha: string; verdict: Verdict; most?: number | undefined },
): Promise<ReportedTests> {
  const recorded = await store.tests.ofCommit({ suite: suite.id, sha, below: verdict.evidence })
  if (recorded === undefined) return {}
  const tallies = tallyTests(recorded)
  const outsideTests = failuresOutsideTests(recorded)
  const { unreadable } = recorded
  const rules = await store.rules.get(suite.id, sha)
  const judged = reportTests(tallies, judgingOf(suite, verdict, rules))
  const commit = { suite: suite.id, sha, below: verdict.evidence }
  const tests = rules === undefined ? judged : await markReport(store, commit, judged)
  return {
    ...(tallies.length === 0 ? {} : { tests: tests.slice(0, most), testCount: tallies.length }),
    ...(outsideTests.length === 0 ? {} : { outsideTests }),
    ...(unreadable === undefined ? {} : { unreadableReports: unreadable }),
  }
}

/** Tests are judged as their commit is. */
function judgingOf(
  { spec }: Pick<StoredSuite, 'spec'>,
  { interval, evidence }: Verdict,
  rules: CommitRules | undefined,
): TestJudging {
  const { maxFlakeRate = DEFAULT_MAX_FLAKE_RATE, confidence = DEFAULT_CONFIDENCE } = spec
  const sequential = spec.until === undefined ? undefined : { maxFlakeRate, confidence }
  return {
    method: interval?.method ?? (evidence === undefined ? 'clopper-pearson' : 'always-valid'),
    level: interval?.level ?? sequential?.confidence ?? DEFAULT_LEVEL,
    severityThresholds: rules?.severityThresholds,
    sequential,
  }
}

/** Whether the machines of a commit's runs matter; undefined where all that count were on one. */
export async function readIndependence(
  { results }: Pick<RecordReader, 'results'>,
  suite: string,
  { sha, verdict }: { sha: string; verdict: Verdict },
): Promise<Independence | undefined> {
  const machines = await results.machines({ suite, sha, below: verdict.evidence })
  return machines.length < 2 ? undefined : independence(machines, verdict.interval?.level)
}
