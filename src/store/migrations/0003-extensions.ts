import type { Migration } from './migration.ts'

/** What suites were extended by, and for how long they had ended before it. */
export const extensions: Migration = {
  version: 3,
  async up(db) {
    await db.schema
      .alterTable('suites')
      .addColumn('extensions', 'integer', (c) => c.notNull().defaultTo(0))
      .execute()
    await db.schema
      .alterTable('suites')
      .addColumn('idle_ms', 'bigint', (c) => c.notNull().defaultTo(0))
      .execute()
    await db.schema
      .createTable('extensions')
      .addColumn('suite', 'text', (c) => c.notNull().references('suites.id').onDelete('cascade'))
      .addColumn('number', 'integer', (c) => c.notNull())
      .addColumn('request_digest', 'text', (c) => c.notNull())
      .addColumn('first_attempt', 'integer', (c) => c.notNull())
      .addColumn('runs', 'integer', (c) => c.notNull())
      .addColumn('errors', 'integer', (c) => c.notNull())
      .addColumn('created_at', 'text', (c) => c.notNull())
      .addPrimaryKeyConstraint('extensions_key', ['suite', 'number'])
      .execute()
  },
}
