import type { Interval, ReportedTest, SeverityThresholds } from '../../contract/index.ts'
import type { SprtOptions } from '../../stats/sprt.ts'
import { judgeTestCounts, judgeTestInSequence, type TestVerdict } from '../../stats/test-verdicts.ts'
import type { TestTally } from './tally-tests.ts'

export interface TestJudging {
  /** Of the intervals; that of the commit's own, as its tests were looked at as often. */
  method: Interval['method']
  level: number
  severityThresholds?: SeverityThresholds | undefined
  /** Where the evidence decided when to stop. */
  sequential?: SprtOptions | undefined
}

/** Judges the tests of a commit: those that failed first, then by id. */
export function reportTests(tallies: readonly TestTally[], judging: TestJudging): ReportedTest[] {
  const judge = judgeOf(tallies.length, judging)
  return tallies
    .map((tally) => {
      const { runs, failed, missing, skipped, failureRate, interval, upperBound, ...named } = judge(tally)
      const bound = upperBound === undefined ? {} : { upperBound }
      const rate = { runs, failed, missing, skipped, failureRate, interval, ...bound }
      const { verdict, reason, severity } = named
      return { id: tally.id, ...rate, verdict, reason, severity, failures: tally.failures }
    })
    .toSorted(failedFirst)
}

const failedFirst = (a: ReportedTest, b: ReportedTest): number =>
  Number(b.failed > 0) - Number(a.failed > 0) || (a.id < b.id ? -1 : 1)

/** Most tests have the same counts as others: these are judged once. */
function judgeOf(
  tests: number,
  { method, level, severityThresholds, sequential }: TestJudging,
): (tally: TestTally) => TestVerdict {
  const judged = new Map<string, TestVerdict>()
  return (tally) => {
    if (sequential !== undefined && tally.failed > 0) {
      return judgeTestInSequence(tally.outcomes(), { ...sequential, tests, severityThresholds })
    }
    const { runs, failed, missing, skipped } = tally
    const key = [runs, failed, missing, skipped].join()
    const verdict = judged.get(key) ?? judgeTestCounts(tally, { method, level, severityThresholds })
    judged.set(key, verdict)
    return verdict
  }
}
