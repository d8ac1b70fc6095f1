import type { CreateTableBuilder, Kysely } from 'kysely'
import type { Schema } from '../schema.ts'
import type { Migration } from './migration.ts'

const withIsolation = <T extends string>(table: CreateTableBuilder<T>) =>
  table.addColumn('isolation', 'text', (c) => c.notNull().references('isolations.id').onDelete('cascade'))

async function createIsolations(db: Kysely<Schema>): Promise<void> {
  await db.schema
    .createTable('isolations')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('repo', 'text', (c) => c.notNull())
    .addColumn('spec', 'text', (c) => c.notNull())
    .addColumn('request_digest', 'text', (c) => c.notNull())
    .addColumn('status', 'text', (c) => c.notNull())
    .addColumn('failure', 'text')
    .addColumn('owner', 'text')
    .addColumn('created_at', 'text', (c) => c.notNull())
    .addColumn('finished_at', 'text')
    .addColumn('launch', 'text')
    .addColumn('state', 'text')
    .addColumn('version', 'integer', (c) => c.notNull().defaultTo(0))
    .addColumn('runs', 'integer', (c) => c.notNull().defaultTo(0))
    .addColumn('example', 'text')
    .addColumn('last_seq', 'integer', (c) => c.notNull().defaultTo(0))
    .execute()
  await db.schema.createIndex('isolations_by_age').on('isolations').columns(['created_at', 'id']).execute()
  await db.schema.createIndex('isolations_by_status').on('isolations').columns(['status', 'owner']).execute()
}

async function createParts(db: Kysely<Schema>): Promise<void> {
  await withIsolation(db.schema.createTable('isolation_orders'))
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('source', 'text', (c) => c.notNull())
    .addColumn('run', 'text')
    .addColumn('tests', 'text', (c) => c.notNull())
    .addColumn('before', 'integer', (c) => c.notNull())
    .addColumn('left_out', 'integer', (c) => c.notNull())
    .addPrimaryKeyConstraint('isolation_orders_key', ['isolation', 'name'])
    .execute()
  await withIsolation(db.schema.createTable('isolation_events'))
    .addColumn('seq', 'integer', (c) => c.notNull())
    .addColumn('type', 'text', (c) => c.notNull())
    .addColumn('ordinal', 'integer', (c) => c.notNull())
    .addColumn('at', 'text', (c) => c.notNull())
    .addColumn('data', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('isolation_events_key', ['isolation', 'seq'])
    .addUniqueConstraint('isolation_events_once', ['isolation', 'type', 'ordinal'])
    .execute()
}

/** Isolations of tests that depend on their order. */
export const isolations: Migration = {
  version: 7,
  async up(db) {
    await createIsolations(db)
    await createParts(db)
  },
}
