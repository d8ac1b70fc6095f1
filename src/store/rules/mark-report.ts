import type { ReportedTest } from '../../contract/index.ts'
import type { RecordReader } from '../store.ts'
import { stableTests } from './stable-tests.ts'

type Reader = {
  suites: Pick<RecordReader['suites'], 'get' | 'seeds'>
  tests: RecordReader['tests']
  rules: Pick<RecordReader['rules'], 'marked' | 'newestCommit' | 'testedUpTo'>
}

/**
 * Says of the tests of a commit what its rules make of them. Those in quarantine come right after those that failed; at
 * the newest commit of a suite, those that have been stable for long enough are named.
 */
export async function markReport(
  store: Reader,
  commit: { suite: string; sha: string; below: number | undefined },
  tests: readonly ReportedTest[],
): Promise<ReportedTest[]> {
  const { suite, sha } = commit
  const [marked, newest] = await Promise.all([store.rules.marked(suite, sha), store.rules.newestCommit(suite)])
  const [ignored, quarantined] = [new Set(marked.ignored), new Set(marked.quarantined)]
  const candidates = tests.filter(({ id, failed }) => newest === sha && failed === 0 && quarantined.has(id))
  const stable = await stableTests(
    store,
    commit,
    candidates.map(({ id }) => id),
  )
  return tests.map((test) => markOf(test, { ignored, quarantined, stable })).toSorted(inOrder)
}

function markOf(
  { failures, ...test }: ReportedTest,
  { ignored, quarantined, stable }: Record<'ignored' | 'quarantined' | 'stable', ReadonlySet<string>>,
): ReportedTest {
  const { id } = test
  return {
    ...test,
    ...(ignored.has(id) ? { ignored: true } : {}),
    ...(quarantined.has(id) ? { quarantined: true } : {}),
    ...(stable.has(id) ? { mayLeaveQuarantine: true } : {}),
    failures,
  }
}

const rank = ({ failed, quarantined }: ReportedTest): number => (failed > 0 ? 0 : quarantined === true ? 1 : 2)

/** Those of one rank stay as they were. */
const inOrder = (a: ReportedTest, b: ReportedTest): number => rank(a) - rank(b)
