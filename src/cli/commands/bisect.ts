import { ISOLATION_HELP } from '../request/flags.ts'
import { addSearchFlags } from '../request/search-flags.ts'
import type { DefineCommand } from './define.ts'

const MORE = `${ISOLATION_HELP}

The search goes in rounds: each runs where the outcome tells most, as many runs at once as --parallelism allows. It finds
tests that break for good and those that only fail more often, needs no number of runs to be chosen, and takes what earlier
suites of the same command have shown as evidence. Commits whose set-up fails are passed over. It survives restarts:
commit-suite watch ID, or the same command with the same --id, goes on or prints the answer.

Examples:
  commit-suite bisect --good v1.4 --command 'pytest -x tests/test_cache.py'
  commit-suite bisect --good main~200 --bad main --first-parent --max-duration 30m --json
  commit-suite bisect --command 'pytest' --test 'tests.test_cache::test_evicts' --min-increase 0.05

Exit code: 0 a culprit found, or no increase of --min-increase or more; 2 wrong input; 3 not enough evidence within the
budget, or an infrastructure fault; 130 interrupted.`

export const defineBisect: DefineCommand = (program, context, done) => {
  const command = program.command('bisect').description('find the commit that broke a test or raised its failure rate')
  addSearchFlags(command)
    .option('--detach', 'print the id and leave the search running')
    .option('--follow', 'with --json: print every event as a line before the answer')
    .option('--json', 'print one JSON document on stdout and nothing else')
    .addHelpText('after', MORE)
    .action(async (flags) => {
      const { runSearch } = await import('../flows/bisect.ts')
      const { detach = false, follow = false, json = false } = flags
      done(await runSearch(context, flags, { detach, follow, json }))
    })
}
