import { join } from 'node:path'
import { databasePlace } from '../../store/postgres/database-url.ts'
import { type CliContext, print } from '../context.ts'
import { EXIT, type ExitCode } from '../exit-codes.ts'
import { withOwn } from '../local/stack.ts'
import { requireOwnMachine } from '../site/gateway.ts'

/** A database that is started together with this command may take a while. */
const OPENING_MS = 60_000

/** Opening the store is what makes and changes tables: this command does nothing besides, for whoever may do only that. */
export async function migrateStore(context: CliContext): Promise<ExitCode> {
  requireOwnMachine(context, 'migrate')
  return await withOwn(
    context,
    async ({ config: { databaseUrl, stateDir } }) => {
      const place = databaseUrl === undefined ? join(stateDir, 'results.db') : databasePlace(databaseUrl)
      print(context, `${place} is up to date`)
      return EXIT.passing
    },
    { openingMs: OPENING_MS },
  )
}
