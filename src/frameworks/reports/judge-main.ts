import { readFile } from 'node:fs/promises'
import { answerJobs } from './answer-jobs.ts'
import type { ReportsJob, ReportsJudgement } from './judge-reports.ts'
import { type JunitReport, readJunit } from './junit-report.ts'
import { oversized } from './oversized.ts'
import { REPORT_LIMITS } from './reading.ts'
import { testPatterns } from './test-patterns.ts'

/** Reads reports and holds their failing tests against patterns. */
async function judge({ files, patterns, quarantine = [] }: ReportsJob): Promise<ReportsJudgement> {
  const [isIgnored, isQuarantined] = [testPatterns(patterns), testPatterns(quarantine)]
  const judgement: ReportsJudgement = { reports: 0, failing: 0, quarantined: 0, notIgnored: 0, unreadable: [] }
  let tests = 0
  for (const { name, path } of files) {
    const report = await readReport(path)
    if (report.type === 'unreadable') judgement.unreadable.push({ name, why: report.why })
    if (report.type !== 'report') continue
    judgement.reports += 1
    tests += report.tests.length
    if (tests > REPORT_LIMITS.tests) judgement.unreadable.push({ name, why: `${tests} tests are too many` })
    // One that is not ignored is enough: what is unreadable besides makes no difference.
    if (judgement.unreadable.length > 0) return judgement
    for (const test of report.tests) {
      if (test.outcome !== 'failed' && test.outcome !== 'error') continue
      judgement.failing += 1
      if (isQuarantined(test)) judgement.quarantined += 1
      else if (!isIgnored(test)) return { ...judgement, notIgnored: 1 }
    }
  }
  return judgement
}

async function readReport(path: string): Promise<JunitReport> {
  return (await oversized(path)) ?? (await readJunit(await readFile(path)))
}

answerJobs(judge)
