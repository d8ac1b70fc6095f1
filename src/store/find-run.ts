import { CommitSuiteError, type ParsedRunId, parseRunId, quoteValue } from '../contract/index.ts'
import type { RecordReader, StoredSuite } from './store.ts'

/** A run, finished or not, with what it is made of. */
export interface RunOnRecord {
  id: string
  parsed: ParsedRunId
  suite: Pick<StoredSuite, 'id' | 'spec'>
  sha: string
  subject: string
  seed: number
}

export interface FoundRun extends RunOnRecord {
  suite: StoredSuite
}

const PAGE = 1_000

/** The run behind a public id, finished or not; throws `run_not_found` with the field that held the id. */
export async function requireRun(store: Pick<RecordReader, 'suites'>, id: string, field = 'run'): Promise<FoundRun> {
  const parsed = parseRunId(id)
  const notFound = (rule: string): CommitSuiteError =>
    new CommitSuiteError('run_not_found', `${field}: ${quoteValue(id)} – ${rule}.`, { field, value: id, rule })
  if (parsed === undefined) throw notFound('a run is named <suite>.<12 hex digits>.<attempt>')
  const suite = await store.suites.get(parsed.suite)
  if (suite === undefined) throw notFound('its suite is not on record')
  const [seed] = await store.suites.seeds(parsed.suite, parsed.attempt, parsed.attempt + 1)
  if (seed === undefined) throw notFound(`the suite has no attempt ${parsed.attempt}`)
  for (let from = 0; ; from += PAGE) {
    const commits = await store.suites.commits(parsed.suite, from, PAGE)
    const commit = commits.find(({ sha }) => sha.startsWith(parsed.sha12))
    if (commit !== undefined) return { id, parsed, suite, sha: commit.sha, subject: commit.subject, seed }
    if (commits.length < PAGE) throw notFound('the suite has no such commit')
  }
}
