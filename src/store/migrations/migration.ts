import type { Kysely } from 'kysely'
import type { Schema } from '../schema.ts'

/** What the databases call the same thing differently. */
export interface ColumnTypes {
  blob: 'blob' | 'bytea'
}

/** One step forward of the schema; there is none back. Never changed once released. */
export interface Migration {
  version: number
  up(db: Kysely<Schema>, types: ColumnTypes): Promise<void>
}
