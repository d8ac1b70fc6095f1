import { addSuiteFlags, ISOLATION_HELP, KUBERNETES_HELP } from '../request/flags.ts'
import type { DefineCommand } from './define.ts'

const UNTIL_HELP = `
Early stopping:
  --until verdict ends each commit as soon as its runs suffice: flaky, once they speak for a failure rate of p1,
  --max-flake-rate; passing, once they speak for p1/5, if need be with a few failures (below_max_flake_rate). A commit at
  p1/5 or less is called flaky, one at p1 or more passing, with a probability of at most 1 - --confidence; between the two
  either may come out. By default a commit without a failure stops after 72 runs, one that fails every third run after about 7.
  Tests that failed are waited for until each has a verdict of its own. --runs is the most that are made (1,000);
  undecided by then is inconclusive, and extend goes on. Intervals allow for the looking (always-valid).`

const EXAMPLES = `${UNTIL_HELP}
${ISOLATION_HELP}
${KUBERNETES_HELP}

Examples:
  commit-suite run --commits HEAD --runs 20 --command 'pytest -x tests'
  commit-suite run --commits main..feature --runs 100 --timeout 90s
  commit-suite run --commits main..feature --until verdict --max-flake-rate 0.02
  commit-suite run --commits HEAD~2,HEAD --seeds 7,11,13 --json > report.json
  commit-suite run --repo https://github.com/org/project.git --isolation sandbox --id nightly-1 --detach
  commit-suite run --executor kubernetes --commits HEAD --runs 200 --parallelism 50

Every run gets TEST_SEED and ATTEMPT in its environment. Exit code: 0 every commit passing, 1 some commit flaky or
failing, 2 wrong input, 3 inconclusive or an infrastructure fault, 130 interrupted; the first of 130, 2, 1, 3, 0
that applies.`

export const defineRun: DefineCommand = (program, context, done) => {
  const command = program.command('run').description('test commits × seeds and print a verdict per commit')
  addSuiteFlags(command)
    .option('--detach', 'print the id and leave the suite running')
    .option('--follow', 'with --json: print every event as a line before the report')
    .option('--json', 'print one JSON document on stdout and nothing else')
    .option('--junit <file>', 'write JUnit XML: a testsuite per commit, a testcase per run')
    .option('--output <dir>', 'write report.json, junit.xml and the output of failing runs')
    .option(
      '--github',
      'annotations, step summary and outputs for GitHub Actions (default where GITHUB_ACTIONS is true)',
    )
    .option('--no-github')
    .addHelpText('after', EXAMPLES)
    .action(async (flags) => {
      const { runSuite } = await import('../flows/run.ts')
      const { detach, follow, json, junit, output, github } = flags
      done(await runSuite(context, flags, { detach, follow, json, junit, output, github }))
    })
}
