import { formatRunId, type Outcome } from '../../contract/index.ts'
import type { Store } from '../../store/store.ts'
import type { FailingRun } from '../site/site.ts'

const FAILURES: readonly Outcome[] = ['failed', 'timed_out', 'crashed']
const PAGE = 1_000

/** By commit, then outcome. */
export async function* failingRuns(store: Store, suite: string): AsyncGenerator<FailingRun> {
  for (let from = 0; ; from += PAGE) {
    const commits = await store.suites.commits(suite, from, PAGE)
    for (const { sha } of commits) {
      for (const outcome of FAILURES) {
        for (const run of await store.results.list({ suite, sha, outcome, limit: PAGE })) {
          yield { id: formatRunId(run), outcome, seed: run.seed }
        }
      }
    }
    if (commits.length < PAGE) return
  }
}
