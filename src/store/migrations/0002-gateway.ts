import type { Kysely } from 'kysely'
import type { Schema } from '../schema.ts'
import type { Migration } from './migration.ts'

/** Whose a suite is, so that a key lists its own without reading every specification. */
async function addOwners(db: Kysely<Schema>): Promise<void> {
  await db.schema.alterTable('suites').addColumn('owner', 'text').execute()
  await db.schema.alterTable('suites').addColumn('endpoint', 'text').execute()
  await db.schema.createIndex('suites_by_owner').on('suites').columns(['owner', 'status', 'created_at']).execute()
  await db.schema.createIndex('suites_by_endpoint').on('suites').columns(['endpoint', 'owner', 'created_at']).execute()
}

async function createKeys(db: Kysely<Schema>): Promise<void> {
  await db.schema
    .createTable('api_keys')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('name', 'text', (c) => c.notNull().unique())
    .addColumn('role', 'text', (c) => c.notNull())
    .addColumn('digest', 'text', (c) => c.notNull())
    .addColumn('requests_per_minute', 'integer', (c) => c.notNull())
    .addColumn('open_suites', 'integer', (c) => c.notNull())
    .addColumn('created_at', 'text', (c) => c.notNull())
    .execute()
  await db.schema
    .createTable('browser_sessions')
    .addColumn('digest', 'text', (c) => c.primaryKey())
    .addColumn('key_id', 'text', (c) => c.notNull().references('api_keys.id').onDelete('cascade'))
    .addColumn('expires_at', 'text', (c) => c.notNull())
    .execute()
}

/** API keys, browser sessions, idempotency records and stream cursors: all that a gateway writes. */
export const gateway: Migration = {
  version: 2,
  async up(db) {
    await addOwners(db)
    await createKeys(db)
    await db.schema
      .createTable('idempotency_records')
      .addColumn('caller', 'text', (c) => c.notNull())
      .addColumn('token', 'text', (c) => c.notNull())
      .addColumn('request_digest', 'text', (c) => c.notNull())
      .addColumn('suite', 'text', (c) => c.notNull())
      .addColumn('created_at', 'text', (c) => c.notNull())
      .addPrimaryKeyConstraint('idempotency_key', ['caller', 'token'])
      .execute()
    await db.schema
      .createTable('stream_cursors')
      .addColumn('job', 'text', (c) => c.primaryKey())
      .addColumn('position', 'integer', (c) => c.notNull())
      .execute()
  },
}
