import { ISOLATION_HELP } from '../request/flags.ts'
import { addIsolationFlags } from '../request/isolation-flags.ts'
import type { DefineCommand } from './define.ts'

const MORE = `${ISOLATION_HELP}

The test is run alone, after all tests that stood before it where it failed, and after ever fewer of them, each as often
as it takes to be sure: a test that fails after another one only now and then is found too. The order is that of --run,
else of the newest run of the same command on record in which the test failed, else it is learnt: by a run of all tests,
and by random orders. Works with pytest and unittest. It survives restarts: commit-suite watch ID, or the same command
with the same --id, goes on or prints the answer. See docs/isolate.md.

Examples:
  commit-suite isolate tests.test_cache::test_evicts
  commit-suite isolate tests.test_cache::test_evicts --run s-k2v7q3xm4a.0123456789ab.3
  commit-suite isolate tests.test_cache.TestCache::test_evicts --command 'uv run pytest {tests}' --json

Exit code: 0 the tests are found that it depends on, or it fails alone, or does not depend on an order; 2 wrong input;
3 not enough evidence within the budget, or an infrastructure fault; 130 interrupted.`

export const defineIsolate: DefineCommand = (program, context, done) => {
  const command = program
    .command('isolate')
    .argument('<test>', 'the test that fails in some order: classname::name, as reports name it')
    .description('find the test whose running before makes this one fail')
  addIsolationFlags(command)
    .option('--detach', 'print the id and leave the isolation running')
    .option('--follow', 'with --json: print every event as a line before the answer')
    .option('--json', 'print one JSON document on stdout and nothing else')
    .addHelpText('after', MORE)
    .action(async (test, flags) => {
      const { isolateTest } = await import('../flows/isolate.ts')
      const { detach = false, follow = false, json = false } = flags
      done(await isolateTest(context, { test, flags }, { detach, follow, json }))
    })
}
