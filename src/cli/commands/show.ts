import type { DefineCommand } from './define.ts'

export const defineShow: DefineCommand = (program, context, done) => {
  program
    .command('show')
    .argument('<id>', 'a suite or a search')
    .description('print what is on record of a suite, finished or not')
    .option('--results', 'every run too')
    .option('--json', 'print one JSON document on stdout and nothing else')
    .option('--junit <file>', 'write JUnit XML')
    .option('--output <dir>', 'write report.json, junit.xml and the output of failing runs')
    .addHelpText(
      'after',
      '\nExamples:\n  commit-suite show s-k2v7q3xm4a\n  commit-suite show s-k2v7q3xm4a --results --json',
    )
    .action(async (id, { results = false, json = false, junit, output }) => {
      const { showSuite } = await import('../flows/show.ts')
      done(await showSuite(context, id, { results, json, junit, output }))
    })
}
