import type { CreateTableBuilder, Kysely } from 'kysely'
import type { Schema } from '../schema.ts'
import type { Migration } from './migration.ts'

const withSearch = <T extends string>(table: CreateTableBuilder<T>) =>
  table.addColumn('search', 'text', (c) => c.notNull().references('searches.id').onDelete('cascade'))

async function createSearches(db: Kysely<Schema>): Promise<void> {
  await db.schema
    .createTable('searches')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('repo', 'text', (c) => c.notNull())
    .addColumn('spec', 'text', (c) => c.notNull())
    .addColumn('request_digest', 'text', (c) => c.notNull())
    .addColumn('status', 'text', (c) => c.notNull())
    .addColumn('failure', 'text')
    .addColumn('owner', 'text')
    .addColumn('created_at', 'text', (c) => c.notNull())
    .addColumn('finished_at', 'text')
    .addColumn('commits', 'integer', (c) => c.notNull().defaultTo(0))
    .addColumn('history_runs', 'integer', (c) => c.notNull().defaultTo(0))
    .addColumn('standing', 'text')
    .addColumn('last_seq', 'integer', (c) => c.notNull().defaultTo(0))
    .execute()
  await db.schema.createIndex('searches_by_age').on('searches').columns(['created_at', 'id']).execute()
  await db.schema.createIndex('searches_by_status').on('searches').columns(['status', 'owner']).execute()
}

async function createParts(db: Kysely<Schema>): Promise<void> {
  await withSearch(db.schema.createTable('search_commits'))
    .addColumn('position', 'integer', (c) => c.notNull())
    .addColumn('sha', 'text', (c) => c.notNull())
    .addColumn('subject', 'text', (c) => c.notNull())
    .addColumn('author', 'text', (c) => c.notNull())
    .addColumn('committed_at', 'text', (c) => c.notNull())
    .addColumn('parents', 'text', (c) => c.notNull())
    .addColumn('prior_runs', 'integer', (c) => c.notNull())
    .addColumn('prior_failures', 'integer', (c) => c.notNull())
    .addPrimaryKeyConstraint('search_commits_key', ['search', 'position'])
    .execute()
  await withSearch(db.schema.createTable('search_rounds'))
    .addColumn('round', 'integer', (c) => c.notNull())
    .addColumn('batches', 'text', (c) => c.notNull())
    .addColumn('outcomes', 'text')
    .addPrimaryKeyConstraint('search_rounds_key', ['search', 'round'])
    .execute()
  await withSearch(db.schema.createTable('search_events'))
    .addColumn('seq', 'integer', (c) => c.notNull())
    .addColumn('type', 'text', (c) => c.notNull())
    .addColumn('ordinal', 'integer', (c) => c.notNull())
    .addColumn('at', 'text', (c) => c.notNull())
    .addColumn('data', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('search_events_key', ['search', 'seq'])
    .addUniqueConstraint('search_events_once', ['search', 'type', 'ordinal'])
    .execute()
}

/** Searches for culprits, and which suites make the runs of something larger. */
export const searches: Migration = {
  version: 5,
  async up(db) {
    await createSearches(db)
    await createParts(db)
    await db.schema.alterTable('suites').addColumn('part_of', 'text').execute()
    await db.schema.createIndex('suites_by_part').on('suites').columns(['part_of', 'created_at']).execute()
  },
}
