import { join } from 'node:path'
import type { Config } from '../../config.ts'
import { CommitSuiteError } from '../../contract/index.ts'
import { databasePlace } from '../../store/postgres/database-url.ts'
import { type Check, failed, ok, warning } from './check.ts'

/** Changes nothing in the database: an older schema is told, and brought up to date by the next command. */
export async function checkDatabase({ stateDir, databaseUrl }: Config): Promise<Check> {
  const name = 'result database'
  if (databaseUrl === undefined) return ok(name, `SQLite, ${join(stateDir, 'results.db')}`)
  const place = databasePlace(databaseUrl)
  try {
    const { describePostgres } = await import('../../store/postgres/describe.ts')
    const { server, schema, newest, isOurs } = await describePostgres(databaseUrl)
    const detail = `PostgreSQL ${server} at ${place}, schema ${schema} of ${newest}`
    if (schema > newest) return failed(name, detail, 'Use the newer Commit Suite that wrote it, or another database.')
    if (schema === newest || isOurs) return ok(name, detail)
    const remedy = 'Run commit-suite migrate as the role that owns the tables: see docs/database.md.'
    return warning(name, `${detail}; this role may not change it`, remedy)
  } catch (error) {
    if (!(error instanceof CommitSuiteError)) throw error
    return failed(name, error.message, 'Look at COMMIT_SUITE_DATABASE_URL, the password and whether the server runs.')
  }
}
