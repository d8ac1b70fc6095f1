import type { Migration } from './migration.ts'

/** What became of telling targets of the ends of suites. */
export const notifications: Migration = {
  version: 10,
  async up(db) {
    await db.schema
      .createTable('notifications')
      .addColumn('suite', 'text', (c) => c.notNull().references('suites.id').onDelete('cascade'))
      .addColumn('target', 'text', (c) => c.notNull())
      .addColumn('extension', 'integer', (c) => c.notNull())
      .addColumn('status', 'text', (c) => c.notNull())
      .addColumn('detail', 'text')
      .addColumn('at', 'text', (c) => c.notNull())
      .addPrimaryKeyConstraint('notifications_key', ['suite', 'target', 'extension'])
      .execute()
    await db.schema.createIndex('notifications_by_status').on('notifications').column('status').execute()
  },
}
