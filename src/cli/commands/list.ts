import type { DefineCommand } from './define.ts'

export const defineList: DefineCommand = (program, context, done) => {
  program
    .command('list')
    .description('print the suites on record, newest first')
    .option('--status <list>', 'only these: queued, running, paused, completed, failed, cancelled')
    .option('--repo <path|url>', 'only suites of this repository, as list shows it')
    .option('--limit <n>', 'at most so many, 1 to 1,000', '50')
    .option('--json', 'print one JSON document on stdout and nothing else')
    .addHelpText('after', '\nExamples:\n  commit-suite list\n  commit-suite list --status running,paused --json')
    .action(async ({ status, repo, limit, json = false }) => {
      const { listSuites } = await import('../flows/list.ts')
      done(await listSuites(context, { status, repo, limit, json }))
    })
}
