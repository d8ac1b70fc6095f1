import type { Kysely, Transaction } from 'kysely'
import { CommitSuiteError } from '../contract/index.ts'
import { whileInterrupted } from './interruption.ts'
import type { Schema } from './schema.ts'

export type Database = Kysely<Schema>
export type Write = Transaction<Schema>

/** SQLite takes 32,766 parameters a statement, PostgreSQL 65,535; a thousand rows of our tables stay below both. */
const ROWS_PER_INSERT = 1_000

/** Cuts `rows` into pieces that one multi-row insert can take. */
export function* insertSlices<T>(rows: readonly T[]): Generator<T[]> {
  for (let at = 0; at < rows.length; at += ROWS_PER_INSERT) yield rows.slice(at, at + ROWS_PER_INSERT)
}

/**
 * All of `work` or nothing of it. SQLite has the write lock from the start; on PostgreSQL others write at the same time, so
 * that `work` locks a row before it reads what it depends on, and is done again where the database took it back.
 */
export const write = <T>(db: Database, work: (trx: Write) => Promise<T>): Promise<T> =>
  whileInterrupted(() => db.transaction().execute(work))

export function suiteNotFound(suite: string): CommitSuiteError {
  return new CommitSuiteError(
    'suite_not_found',
    `No suite ${JSON.stringify(suite)} is on record. See commit-suite list.`,
    {
      field: 'suite',
      value: suite,
      rule: 'the id of a recorded suite',
    },
  )
}
