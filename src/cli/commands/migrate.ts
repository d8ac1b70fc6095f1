import type { DefineCommand } from './define.ts'

export const defineMigrate: DefineCommand = (program, context, done) => {
  program
    .command('migrate')
    .description('bring the result database up to date, as the role that owns its tables; waits a minute for it')
    .addHelpText(
      'after',
      '\nExample:\n  COMMIT_SUITE_DATABASE_URL=postgres://suites_owner@db.internal/suites commit-suite migrate',
    )
    .action(async () => {
      const { migrateStore } = await import('../flows/migrate.ts')
      done(await migrateStore(context))
    })
}
