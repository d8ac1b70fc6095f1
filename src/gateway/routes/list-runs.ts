import type { Outcome, RunResult } from '../../contract/index.ts'
import type { RecordReader } from '../../store/store.ts'
import { pageByCommit } from './commit-pages.ts'

interface RunQuery {
  commit?: string | undefined
  outcome?: Outcome | undefined
  cursor?: string | undefined
  limit: number
}

/** A page of runs by commit and attempt; `next` where there may be more. Throws `commit_not_found`. */
export async function listRuns(
  store: Pick<RecordReader, 'suites' | 'results'>,
  suite: string,
  { outcome, ...page }: RunQuery,
): Promise<{ runs: RunResult[]; next: string | null }> {
  const ended = outcome === undefined ? {} : { outcome }
  const { rows, next } = await pageByCommit(store, suite, page, async ({ sha, from, limit }) => {
    const runs = await store.results.list({ suite, sha, fromAttempt: from, limit, ...ended })
    return { rows: runs, next: (runs.at(-1)?.attempt ?? 0) + 1 }
  })
  return { runs: rows, next }
}
