import type { Migration } from './migration.ts'

/** What commits say of their own tests, and which tests that names. */
export const rules: Migration = {
  version: 6,
  async up(db) {
    await db.schema
      .createTable('commit_rules')
      .addColumn('suite', 'text', (c) => c.notNull().references('suites.id').onDelete('cascade'))
      .addColumn('sha', 'text', (c) => c.notNull())
      .addColumn('data', 'text', (c) => c.notNull())
      .addPrimaryKeyConstraint('commit_rules_key', ['suite', 'sha'])
      .execute()
    await db.schema
      .createTable('marked_tests')
      .addColumn('suite', 'text', (c) => c.notNull().references('suites.id').onDelete('cascade'))
      .addColumn('sha', 'text', (c) => c.notNull())
      .addColumn('mark', 'text', (c) => c.notNull())
      .addColumn('test_set', 'integer', (c) => c.notNull())
      .addPrimaryKeyConstraint('marked_tests_key', ['suite', 'sha', 'mark', 'test_set'])
      .execute()
  },
}
