import type { DefineCommand } from './define.ts'

export const defineWatch: DefineCommand = (program, context, done) => {
  program
    .command('watch')
    .argument('[id]', 'suite or search to follow (default: the newest open one)')
    .description('follow a suite until its end, with the exit codes of run; resumes interrupted suites')
    .option('--follow', 'with --json: print every event as a line before the report')
    .option('--json', 'print one JSON document on stdout and nothing else')
    .option('--junit <file>', 'write JUnit XML at the end')
    .option('--output <dir>', 'write report.json, junit.xml and the output of failing runs at the end')
    .addHelpText('after', '\nExamples:\n  commit-suite watch\n  commit-suite watch s-k2v7q3xm4a --json --follow')
    .action(async (id, { follow = false, json = false, junit, output }) => {
      const { watchSuite } = await import('../flows/watch.ts')
      done(await watchSuite(context, id, { follow, json, junit, output }))
    })
}
