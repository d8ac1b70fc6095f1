import { addSuiteFlags, ISOLATION_HELP, KUBERNETES_HELP } from '../request/flags.ts'
import type { DefineCommand } from './define.ts'

const EXAMPLES = `${ISOLATION_HELP}
${KUBERNETES_HELP}

Examples:
  commit-suite run --commits HEAD --runs 20 --command 'pytest -x tests'
  commit-suite run --commits main..feature --runs 100 --timeout 90s
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
    .addHelpText('after', EXAMPLES)
    .action(async (flags) => {
      const { runSuite } = await import('../flows/run.ts')
      const { detach, follow, json, junit, output } = flags
      done(await runSuite(context, flags, { detach, follow, json, junit, output }))
    })
}
