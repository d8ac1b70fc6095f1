import { CommitSuiteError, type ParsedRunId, parseRunId, quoteValue } from '../../contract/index.ts'
import type { Store, StoredSuite } from '../../store/store.ts'

/** The suite on record; throws `suite_not_found`. */
export async function requireSuite(store: Store, id: string): Promise<StoredSuite> {
  const suite = await store.suites.get(id)
  if (suite !== undefined) return suite
  throw new CommitSuiteError(
    'suite_not_found',
    `ID: ${quoteValue(id)} – there is no such suite. commit-suite list shows those on record.`,
    { field: 'ID', value: id },
  )
}

export interface FoundRun {
  id: string
  parsed: ParsedRunId
  suite: StoredSuite
  sha: string
  subject: string
  seed: number
}

const PAGE = 1_000

/** The run behind a public id, finished or not; throws `run_not_found`. */
export async function requireRun(store: Store, id: string): Promise<FoundRun> {
  const parsed = parseRunId(id)
  const notFound = (rule: string): CommitSuiteError =>
    new CommitSuiteError('run_not_found', `RUN: ${quoteValue(id)} – ${rule}.`, { field: 'RUN', value: id, rule })
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
