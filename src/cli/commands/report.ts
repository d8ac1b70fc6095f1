import type { DefineCommand } from './define.ts'

export const defineReport: DefineCommand = (program, context, done) => {
  program
    .command('report')
    .argument('<suite>', 'a suite on record, finished or not')
    .description('write the report of a suite: JUnit, Markdown, JSON, one self-contained page, GitHub annotations')
    .option('--format <format>', 'junit, markdown, json, html or github', 'markdown')
    .option('--output <file>', 'write it there instead of on stdout')
    .addHelpText(
      'after',
      `
github prints annotations for the log of a GitHub Actions job, appends the step's summary to $GITHUB_STEP_SUMMARY and
suite and verdict to $GITHUB_OUTPUT; run does the same by itself where GITHUB_ACTIONS is true.

Examples:
  commit-suite report s-k2v7q3xm4a --format html --output report.html
  commit-suite report s-k2v7q3xm4a --format junit > junit.xml`,
    )
    .action(async (suite, { format, output }) => {
      const { writeReport } = await import('../flows/report.ts')
      done(await writeReport(context, suite, { format, output }))
    })
}
