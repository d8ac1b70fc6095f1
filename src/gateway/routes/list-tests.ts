import type { TestPage } from '../../contract/http/suites.ts'
import { readCommitTests } from '../../store/commit-tests.ts'
import { commitVerdict } from '../../store/report.ts'
import type { RecordReader, StoredSuite } from '../../store/store.ts'
import { pageByCommit } from './commit-pages.ts'

interface TestQuery {
  commit?: string | undefined
  cursor?: string | undefined
  limit: number
}

/** A page of tests by commit, in the order of its report; `next` where there may be more. Throws `commit_not_found`. */
export async function listTests(store: RecordReader, suite: StoredSuite, query: TestQuery): Promise<TestPage> {
  const { rows, next } = await pageByCommit(store, suite.id, query, async ({ sha, from, limit }) => {
    const verdict = await commitVerdict(store, suite, sha)
    const { tests = [] } = await readCommitTests(store, suite, { sha, verdict })
    const page = tests.slice(from, from + limit)
    return { rows: page.map((test) => ({ ...test, sha })), next: from + page.length }
  })
  return { tests: rows, next }
}
