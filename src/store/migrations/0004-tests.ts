import type { Kysely } from 'kysely'
import type { Schema } from '../schema.ts'
import type { ColumnTypes, Migration } from './migration.ts'

/** Names of tests, and sets of them: nearly all runs of a commit have the same set, so that it stands here once. */
async function createSets(db: Kysely<Schema>, types: ColumnTypes): Promise<void> {
  await db.schema
    .createTable('test_counter')
    .addColumn('last_id', 'integer', (c) => c.notNull())
    .execute()
  await db.insertInto('test_counter').values({ last_id: 0 }).execute()
  await db.schema
    .createTable('tests')
    .addColumn('id', 'integer', (c) => c.primaryKey())
    .addColumn('repo', 'text', (c) => c.notNull())
    .addColumn('name', 'text', (c) => c.notNull())
    .addUniqueConstraint('tests_once', ['repo', 'name'])
    .execute()
  for (const table of ['test_sets', 'failure_sets'] as const) {
    await db.schema
      .createTable(table)
      .addColumn('id', 'integer', (c) => c.primaryKey())
      .addColumn('digest', 'text', (c) => c.notNull().unique())
      .addColumn('repo', 'text', (c) => c.notNull())
      .addColumn(table === 'test_sets' ? 'tests' : 'beyond', types.blob, (c) => c.notNull())
      .execute()
    await db.schema.createIndex(`${table}_by_repo`).on(table).column('repo').execute()
  }
}

async function createFailures(db: Kysely<Schema>): Promise<void> {
  await db.schema
    .createTable('test_failures')
    .addColumn('failure_set', 'integer', (c) => c.notNull().references('failure_sets.id').onDelete('cascade'))
    .addColumn('test', 'integer', (c) => c.notNull())
    .addColumn('outside', 'integer', (c) => c.notNull())
    .addColumn('fingerprint', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('test_failures_key', ['failure_set', 'test', 'outside'])
    .execute()
  await db.schema.createIndex('test_failures_by_test').on('test_failures').columns(['test', 'failure_set']).execute()
  await db.schema
    .createTable('failure_messages')
    .addColumn('suite', 'text', (c) => c.notNull().references('suites.id').onDelete('cascade'))
    .addColumn('fingerprint', 'bigint', (c) => c.notNull())
    .addColumn('message', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('failure_messages_key', ['suite', 'fingerprint'])
    .execute()
}

/** What the reports of a run say of its tests: which ran, which were skipped, which failed and how. */
export const tests: Migration = {
  version: 4,
  async up(db, types) {
    await createSets(db, types)
    await createFailures(db)
    for (const column of ['ran_set', 'skipped_set', 'failure_set', 'unreadable_reports'] as const) {
      await db.schema.alterTable('results').addColumn(column, 'integer').execute()
    }
    await db.schema.alterTable('results').addColumn('unreadable_why', 'text').execute()
    await db.schema
      .createIndex('results_by_failures')
      .on('results')
      .column('failure_set')
      .where('failure_set', 'is not', null)
      .execute()
  },
}
