import { inReportThread } from './report-thread.ts'

export interface ReportsJob {
  /** `name` is for people. */
  files: { name: string; path: string }[]
  /** Globs over the names of tests that are ignored. */
  patterns: string[]
  /** Globs over the names of tests in quarantine. */
  quarantine?: string[]
}

/** What reports say; looking stops at the first test or file that settles it. */
export interface ReportsJudgement {
  /** JUnit reports among the files. */
  reports: number
  failing: number
  /** Failing tests in quarantine. */
  quarantined: number
  /** Failing tests that no pattern matches. */
  notIgnored: number
  /** Files that are no sound XML, too large or hostile. */
  unreadable: { name: string; why: string }[]
}

/** What is collected of a run ends at 100 files: from there on some may be missing. */
const MOST_FILES = 99
/** A report of 20 MiB takes about four seconds, one that is made to last much longer. */
const LONGEST_MS = 20_000

/**
 * Holds JUnit reports that a test may have written as it likes against patterns of anyone, in a thread of bounded
 * memory and time. Never rejects: what goes wrong is `unreadable`.
 */
export async function judgeReports(job: ReportsJob, longestMs = LONGEST_MS): Promise<ReportsJudgement> {
  if (job.files.length === 0) return { reports: 0, failing: 0, quarantined: 0, notIgnored: 0, unreadable: [] }
  if (job.files.length > MOST_FILES) return allUnreadable(job, `more than ${MOST_FILES} files`)
  const end = await inReportThread<ReportsJudgement>('judge-main', job, longestMs)
  return end.type === 'answer' ? end.answer : allUnreadable(job, end.why)
}

function allUnreadable({ files }: ReportsJob, why: string): ReportsJudgement {
  return {
    reports: 0,
    failing: 0,
    quarantined: 0,
    notIgnored: 0,
    unreadable: files.slice(0, 1).map(({ name }) => ({ name, why })),
  }
}
