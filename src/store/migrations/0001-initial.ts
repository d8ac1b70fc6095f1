import type { CreateTableBuilder } from 'kysely'
import type { Migration } from './migration.ts'

const RUN_COLUMNS = ['suite', 'sha', 'attempt', 'generation'] as const
const STREAM_COLUMNS = [...RUN_COLUMNS, 'try_number', 'stream'] as const

const withSuite = <T extends string>(table: CreateTableBuilder<T>) =>
  table.addColumn('suite', 'text', (c) => c.notNull().references('suites.id').onDelete('cascade'))

const withRun = <T extends string>(table: CreateTableBuilder<T>) =>
  withSuite(table)
    .addColumn('sha', 'text', (c) => c.notNull())
    .addColumn('attempt', 'integer', (c) => c.notNull())
    .addColumn('generation', 'integer', (c) => c.notNull())

const withStream = <T extends string>(table: CreateTableBuilder<T>) =>
  withRun(table)
    .addColumn('try_number', 'integer', (c) => c.notNull())
    .addColumn('stream', 'text', (c) => c.notNull())

const createSuites: Migration['up'] = async (db) => {
  await db.schema
    .createTable('suites')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('repo', 'text', (c) => c.notNull())
    .addColumn('spec', 'text', (c) => c.notNull())
    .addColumn('request_digest', 'text', (c) => c.notNull())
    .addColumn('status', 'text', (c) => c.notNull())
    .addColumn('failure', 'text')
    .addColumn('created_at', 'text', (c) => c.notNull())
    .addColumn('finished_at', 'text')
    .execute()
  await db.schema.createIndex('suites_by_age').on('suites').columns(['created_at', 'id']).execute()
  await db.schema.createIndex('suites_by_status').on('suites').columns(['status', 'created_at']).execute()
  await db.schema.createIndex('suites_by_repo').on('suites').columns(['repo', 'created_at']).execute()
  await withSuite(db.schema.createTable('suite_seeds'))
    .addColumn('attempt', 'integer', (c) => c.notNull())
    .addColumn('seed', 'integer', (c) => c.notNull())
    .addPrimaryKeyConstraint('suite_seeds_key', ['suite', 'attempt'])
    .execute()
  await withSuite(db.schema.createTable('commits'))
    .addColumn('position', 'integer', (c) => c.notNull())
    .addColumn('sha', 'text', (c) => c.notNull())
    .addColumn('refs', 'text', (c) => c.notNull())
    .addColumn('subject', 'text', (c) => c.notNull())
    .addColumn('author', 'text', (c) => c.notNull())
    .addColumn('committed_at', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('commits_key', ['suite', 'position'])
    .addUniqueConstraint('commits_once', ['suite', 'sha'])
    .execute()
}

const createResults: Migration['up'] = async (db) => {
  await withRun(db.schema.createTable('results'))
    .addColumn('superseded', 'integer', (c) => c.notNull())
    .addColumn('seed', 'integer', (c) => c.notNull())
    .addColumn('outcome', 'text', (c) => c.notNull())
    .addColumn('reason', 'text')
    .addColumn('exit_code', 'integer')
    .addColumn('signal', 'text')
    .addColumn('started_at', 'text')
    .addColumn('duration_ms', 'integer', (c) => c.notNull())
    .addColumn('tries', 'integer', (c) => c.notNull())
    .addColumn('node', 'text', (c) => c.notNull())
    .addColumn('artifacts', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('results_key', [...RUN_COLUMNS])
    .execute()
  await db.schema
    .createIndex('results_by_outcome')
    .on('results')
    .columns(['suite', 'sha', 'superseded', 'outcome', 'attempt'])
    .execute()
  await withSuite(db.schema.createTable('verdicts'))
    .addColumn('sha', 'text', (c) => c.notNull())
    .addColumn('ordinal', 'integer', (c) => c.notNull())
    .addColumn('data', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('verdicts_key', ['suite', 'sha'])
    .execute()
}

const createEvents: Migration['up'] = async (db) => {
  await withSuite(db.schema.createTable('event_counters'))
    .addColumn('last_seq', 'integer', (c) => c.notNull())
    .addPrimaryKeyConstraint('event_counters_key', ['suite'])
    .execute()
  await withSuite(db.schema.createTable('events'))
    .addColumn('seq', 'integer', (c) => c.notNull())
    .addColumn('type', 'text', (c) => c.notNull())
    .addColumn('subject', 'text', (c) => c.notNull())
    .addColumn('ordinal', 'integer', (c) => c.notNull())
    .addColumn('at', 'text', (c) => c.notNull())
    .addColumn('data', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('events_key', ['suite', 'seq'])
    .addUniqueConstraint('events_once', ['suite', 'type', 'subject', 'ordinal'])
    .execute()
}

const createLogs: Migration['up'] = async (db, types) => {
  await withStream(db.schema.createTable('log_chunks'))
    .addColumn('byte_offset', 'bigint', (c) => c.notNull())
    .addColumn('size_bytes', 'integer', (c) => c.notNull())
    .addColumn('bytes', types.blob, (c) => c.notNull())
    .addPrimaryKeyConstraint('log_chunks_key', [...STREAM_COLUMNS, 'byte_offset'])
    .execute()
  await withStream(db.schema.createTable('log_artifacts'))
    .addColumn('head_bytes', 'bigint', (c) => c.notNull())
    .addColumn('dropped_bytes', 'bigint', (c) => c.notNull())
    .addColumn('tail_bytes', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('log_artifacts_key', [...STREAM_COLUMNS])
    .execute()
}

/** Suites, results, events and logs. */
export const initial: Migration = {
  version: 1,
  up: async (db, types) => {
    await createSuites(db, types)
    await createResults(db, types)
    await createEvents(db, types)
    await createLogs(db, types)
  },
}
