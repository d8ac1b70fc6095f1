import { createHash } from 'node:crypto'
import { inReportThread, type ThreadEnd } from './report-thread.ts'

export interface MarksJob {
  /** Of tests, as `RunTests` has them. */
  ids: readonly string[]
  /** Globs over the names of tests. */
  ignore: readonly string[]
  quarantine: readonly string[]
}

/** Ids of tests that a pattern matches; a test may be in both. */
export interface MarksAnswer {
  ignored: string[]
  quarantined: string[]
}

/** 10,000 tests and 100 patterns take about a second. */
const LONGEST_MS = 20_000
const REMEMBERED = 20

/** Nearly all runs of a commit have the same tests. */
const known = new Map<string, Promise<ThreadEnd<MarksAnswer>>>()

/**
 * Finds tests by patterns that anyone may have written, in a thread of bounded memory and time. Answers with the reason,
 * in words, where that did not suffice. Never rejects.
 */
export async function markTests(job: MarksJob, longestMs = LONGEST_MS): Promise<MarksAnswer | { why: string }> {
  if (job.ids.length === 0) return { ignored: [], quarantined: [] }
  const key = digestOf(job)
  const marked = known.get(key) ?? inReportThread<MarksAnswer>('marks-main', job, longestMs)
  known.delete(key)
  known.set(key, marked)
  for (const oldest of known.keys()) {
    if (known.size <= REMEMBERED) break
    known.delete(oldest)
  }
  const end = await marked
  return end.type === 'answer' ? end.answer : { why: end.why }
}

function digestOf(job: MarksJob): string {
  const hash = createHash('sha256')
  for (const texts of [job.ignore, job.quarantine, job.ids]) {
    hash.update(`${texts.length};`)
    for (const text of texts) hash.update(`${text.length}:${text}`)
  }
  return hash.digest('hex')
}
