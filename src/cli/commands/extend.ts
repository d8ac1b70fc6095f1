import type { DefineCommand } from './define.ts'

const MORE = `
Every extension keeps what is on record: new runs get new seeds of the suite's own draw, verdicts and report are over all
runs. Of a repeated run the newest result counts; the older one stays on record, and the new one is named <run>.g1.
Runs that never came about, because the set-up of their commit failed, are made up for by every extension. A suite that is
still open goes on to the extension once its present runs are done; one that has ended runs again under its id.

--number makes the call idempotent: the same extension of that number joins, another one is refused. Without it, the
number is one more than the extensions on record (in the report as "extensions").

In a suite with --until verdict --runs raises the cap: commits that are undecided go on, the others stay as they are.
After runs were added intervals are always-valid: whoever extends has looked at the results.

Examples:
  commit-suite extend s-k2v7q3xm4a --runs 90
  commit-suite extend s-k2v7q3xm4a --errors
  commit-suite extend s-k2v7q3xm4a --seeds 7,11,13 --json > report.json
  commit-suite extend nightly --runs 50 --errors --number 1 --detach

Exit code: that of run, over all runs.`

export const defineExtend: DefineCommand = (program, context, done) => {
  program
    .command('extend')
    .argument('<id>', 'a suite, open or ended')
    .description('add runs to a suite, or repeat its runs that ended error or cancelled')
    .option('--runs <n>', 'so many more runs of each commit, under new seeds; at most 100,000 in all')
    .option('--seeds <a,b,…>', 'these seeds instead of drawn ones; a suite whose seeds were given has no others')
    .option('--errors', 'repeat runs that ended error (infrastructure) or cancelled')
    .option('--number <n>', 'number of the extension, 1 for the first: makes the call idempotent')
    .option('--detach', 'print the id and leave the suite running')
    .option('--follow', 'with --json: print every new event as a line before the report')
    .option('--json', 'print one JSON document on stdout and nothing else')
    .option('--junit <file>', 'write JUnit XML: a testsuite per commit, a testcase per run')
    .option('--output <dir>', 'write report.json, junit.xml and the output of failing runs')
    .addHelpText('after', MORE)
    .action(async (id, { runs, seeds, errors, number, ...shown }) => {
      const { extendSuite } = await import('../flows/extend.ts')
      const { detach = false, follow = false, json = false, junit, output } = shown
      done(await extendSuite(context, id, { runs, seeds, errors, number }, { detach, follow, json, junit, output }))
    })
}
