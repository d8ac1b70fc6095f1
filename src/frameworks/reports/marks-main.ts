import { answerJobs } from './answer-jobs.ts'
import type { MarksAnswer, MarksJob } from './mark-tests.ts'
import { testPatterns } from './test-patterns.ts'

/** What `classname::name` is put together from; nothing else of a test is on record. */
function testOf(id: string) {
  const at = id.indexOf('::')
  const [classname, name] = at < 0 ? ['', id] : [id.slice(0, at), id.slice(at + 2)]
  return { classname, name, file: '', outcome: 'passed' as const }
}

/** Finds tests by patterns of anyone. */
function mark({ ids, ignore, quarantine }: MarksJob): MarksAnswer {
  const [isIgnored, isQuarantined] = [testPatterns(ignore), testPatterns(quarantine)]
  const tests = ids.map((id) => ({ id, test: testOf(id) }))
  return {
    ignored: tests.filter(({ test }) => isIgnored(test)).map(({ id }) => id),
    quarantined: tests.filter(({ test }) => isQuarantined(test)).map(({ id }) => id),
  }
}

answerJobs(mark)
