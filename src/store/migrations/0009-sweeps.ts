import type { Migration } from './migration.ts'

/** Firings of sweeps, and tests that they know to flake. */
export const sweeps: Migration = {
  version: 9,
  async up(db) {
    await db.schema
      .createTable('sweep_firings')
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('sweep', 'text', (c) => c.notNull())
      .addColumn('at', 'text', (c) => c.notNull())
      .addColumn('finished_at', 'text')
      .addColumn('status', 'text', (c) => c.notNull())
      .addColumn('failure', 'text')
      .addColumn('suite', 'text')
      .addColumn('runs', 'integer', (c) => c.notNull())
      .addColumn('plan', 'text')
      .addColumn('spent', 'text', (c) => c.notNull())
      .addColumn('flaky', 'integer', (c) => c.notNull())
      .addColumn('fixed', 'integer', (c) => c.notNull())
      .execute()
    await db.schema.createIndex('sweep_firings_by_age').on('sweep_firings').columns(['sweep', 'at', 'id']).execute()
    await db.schema.createIndex('sweep_firings_by_status').on('sweep_firings').column('status').execute()
    await db.schema
      .createTable('sweep_tests')
      .addColumn('sweep', 'text', (c) => c.notNull())
      .addColumn('test', 'text', (c) => c.notNull())
      .addColumn('state', 'text', (c) => c.notNull())
      .addPrimaryKeyConstraint('sweep_tests_key', ['sweep', 'test'])
      .execute()
  },
}
