import { type Kysely, sql } from 'kysely'
import type { Schema } from '../schema.ts'
import type { ColumnTypes, Migration } from './migration.ts'

/** Which commits of which suites are in the history. Suites that ended before it are folded by the next worker. */
async function createFolds(db: Kysely<Schema>): Promise<void> {
  await db.schema
    .createTable('history_folds')
    .addColumn('suite', 'text', (c) => c.notNull().references('suites.id').onDelete('cascade'))
    .addColumn('sha', 'text', (c) => c.notNull())
    .addColumn('extension', 'integer', (c) => c.notNull())
    .addPrimaryKeyConstraint('history_folds_key', ['suite', 'sha'])
    .execute()
  for (const column of ['folded', 'logs_removed', 'expired'] as const) {
    await db.schema.alterTable('suites').addColumn(column, 'integer').execute()
  }
  await db.schema.createIndex('suites_by_end').on('suites').columns(['finished_at', 'id']).execute()
  await db.schema
    .createIndex('suites_unfolded')
    .on('suites')
    .columns(['finished_at', 'id'])
    .where(sql<boolean>`folded is null`)
    .execute()
}

async function createCommits(db: Kysely<Schema>, types: ColumnTypes): Promise<void> {
  await db.schema
    .createTable('history_commits')
    .addColumn('id', 'integer', (c) => c.primaryKey())
    .addColumn('repo', 'text', (c) => c.notNull())
    .addColumn('sha', 'text', (c) => c.notNull())
    .addColumn('subject', 'text', (c) => c.notNull())
    .addColumn('committed_at', 'text', (c) => c.notNull())
    .addColumn('position', 'integer', (c) => c.notNull())
    .addUniqueConstraint('history_commits_once', ['repo', 'sha'])
    .execute()
  await db.schema
    .createIndex('history_commits_by_age')
    .on('history_commits')
    .columns(['repo', 'committed_at', 'position', 'id'])
    .execute()
  await db.schema
    .createTable('history_seeds')
    .addColumn('commit_id', 'integer', (c) => c.notNull())
    .addColumn('conditions', 'text', (c) => c.notNull())
    .addColumn('owner', 'text', (c) => c.notNull())
    .addColumn('seeds', types.blob, (c) => c.notNull())
    .addPrimaryKeyConstraint('history_seeds_key', ['commit_id', 'conditions', 'owner'])
    .execute()
}

async function createRuns(db: Kysely<Schema>): Promise<void> {
  const of = { history_runs: ['commit_id', 'integer'], history_days: ['repo', 'text'] } as const
  for (const table of ['history_runs', 'history_days'] as const) {
    const [column, type] = of[table]
    await db.schema
      .createTable(table)
      .addColumn(column, type, (c) => c.notNull())
      .addColumn('owner', 'text', (c) => c.notNull())
      .addColumn('day', 'text', (c) => c.notNull())
      .addColumn('ran_set', 'integer', (c) => c.notNull())
      .addColumn('runs', 'integer', (c) => c.notNull())
      .addColumn('all_runs', 'integer', (c) => c.notNull())
      .addPrimaryKeyConstraint(`${table}_key`, [column, 'day', 'owner', 'ran_set'])
      .execute()
  }
}

async function createFailures(db: Kysely<Schema>): Promise<void> {
  await db.schema
    .createTable('history_failures')
    .addColumn('commit_id', 'integer', (c) => c.notNull())
    .addColumn('test', 'integer', (c) => c.notNull())
    .addColumn('owner', 'text', (c) => c.notNull())
    .addColumn('day', 'text', (c) => c.notNull())
    .addColumn('failed', 'integer', (c) => c.notNull())
    .addColumn('all_failed', 'integer', (c) => c.notNull())
    .addPrimaryKeyConstraint('history_failures_key', ['commit_id', 'test', 'day', 'owner'])
    .execute()
  await db.schema
    .createIndex('history_failures_by_test')
    .on('history_failures')
    .columns(['test', 'day', 'owner', 'failed', 'all_failed'])
    .execute()
  await db.schema
    .createTable('history_fingerprints')
    .addColumn('test', 'integer', (c) => c.notNull())
    .addColumn('owner', 'text', (c) => c.notNull())
    .addColumn('fingerprint', 'bigint', (c) => c.notNull())
    .addColumn('message', 'text', (c) => c.notNull())
    .addColumn('failures', 'integer', (c) => c.notNull())
    .addColumn('all_failures', 'integer', (c) => c.notNull())
    .addColumn('first_seen', 'text', (c) => c.notNull())
    .addColumn('last_seen', 'text', (c) => c.notNull())
    .addColumn('run', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('history_fingerprints_key', ['test', 'owner', 'fingerprint'])
    .execute()
}

async function createTests(db: Kysely<Schema>): Promise<void> {
  const counts = ['runs', 'all_runs', 'failed', 'all_failed', 'commits', 'all_commits', 'flaky', 'all_flaky'] as const
  const table = db.schema
    .createTable('history_tests')
    .addColumn('test', 'integer', (c) => c.notNull())
    .addColumn('owner', 'text', (c) => c.notNull())
    .addColumn('repo', 'text', (c) => c.notNull())
  await counts
    .reduce((columns, name) => columns.addColumn(name, 'integer', (c) => c.notNull()), table)
    .addColumn('first_seen', 'text', (c) => c.notNull())
    .addColumn('last_seen', 'text', (c) => c.notNull())
    .addColumn('first_failed', 'text')
    .addColumn('last_failed', 'text')
    .addPrimaryKeyConstraint('history_tests_key', ['test', 'owner'])
    .execute()
  await db.schema
    .createIndex('history_tests_that_failed')
    .on('history_tests')
    .columns(['repo', 'owner', 'test'])
    .where(sql<boolean>`failed > 0`)
    .execute()
}

/** Failure rates of tests over commits and days: counted once, when a commit is judged, and kept beyond its results. */
export const history: Migration = {
  version: 8,
  async up(db, types) {
    await createFolds(db)
    await createCommits(db, types)
    await createRuns(db)
    await createFailures(db)
    await createTests(db)
  },
}
