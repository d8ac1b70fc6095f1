import type { Command } from 'commander'
import { z } from 'zod'
import { parseDuration } from '../../contract/duration.ts'
import { decimal, wholeNumber } from './parse-flags.ts'
import type { RawSearch } from './search-rules.ts'

const collect = (value: string, previous: string[] | undefined): string[] => [...(previous ?? []), value]

/** The options that say what a search is; values stay text until `buildSearch` judges them. */
export function addSearchFlags(command: Command): Command {
  return command
    .option('--repo <path|url>', 'local repository (its working tree is never touched) or URL (default: ".")')
    .option('--good <ref>', 'a commit before the culprit (default: all history is searched)')
    .option('--bad <ref>', 'the newest commit of the range (default: HEAD)')
    .option('--first-parent', 'follow only first parents of merges')
    .option(
      '--command <cmd>',
      "test command, run by the shell in a fresh copy of each commit (default: the template's)",
    )
    .option('--test <id>', 'only this test of each run counts, as reports name it; a run without it tells nothing')
    .option('--workdir <dir>', 'folder inside the repository to run in')
    .option('--setup <cmd>', 'set-up, once per commit (default: detected: pip install, npm ci, go mod download, …)')
    .option('--no-setup', 'no set-up at all')
    .option('--confidence <c>', 'how sure an answer has to be (default: 0.95)')
    .option('--min-increase <d>', 'smaller increases of the failure rate may be passed over (default: 0.2)')
    .option('--max-runs <n>', 'answers by what it has after so many runs')
    .option('--max-duration <d>', 'the same after so long: 10m, 2h')
    .option('--seed <n>', 'makes the draw of the seeds repeatable')
    .option('--parallelism <n>', 'runs at once, and the runs of a round (default: cores; 10 in pods)')
    .option('--timeout <d>', 'per run, from the start of the command: 90s, 5m, 1h (default: 5m)')
    .option('--shuffle', 'random order of tests, drawn from the seed, where the framework can')
    .option('--project-type <t>', 'a folder of templates/ (default: detected)')
    .option('--executor <name>', 'where runs happen: local, or kubernetes: in pods (default: local)')
    .option('--isolation <how>', 'local: process or sandbox (default: process); kubernetes: pod or warm (default: pod)')
    .option('--context <name>', 'with kubernetes: context of the kubeconfig (default: its current one)')
    .option('--kubeconfig <path>', 'with kubernetes: kubeconfig on the machine of the worker (default: $KUBECONFIG)')
    .option('--memory <size>', 'memory of each run, such as 512MiB; more ends it as crashed, out of memory')
    .option('--processes <n>', 'processes and threads of each run (default: 4096)')
    .option('--cpus <n>', 'processors that each run may use, such as 0.5')
    .option('--reports <glob>', 'report files to keep from each run')
    .option('--env <k=v>', 'plain environment value (recorded); repeatable', collect)
    .option('--secret-env <name>', 'name of a variable of your environment for the runs; repeatable', collect)
    .option('--id <id>', 'makes the start idempotent: the same request joins, another one is refused')
    .option('--config <file>', 'options from a file; flags win')
}

const text = z.string().optional()

/** What commander hands over for those options that `run` does not have, or has in another meaning. */
export const searchFlagsSchema = z.object({
  good: text,
  bad: text,
  test: text,
  minIncrease: text,
  maxRuns: text,
  maxDuration: text,
})
export type SearchFlags = z.infer<typeof searchFlagsSchema>

/** Turns their text into the fields of a request; only flags that were given appear. */
export function searchOfFlags(flags: SearchFlags): RawSearch {
  const { good, bad, test, minIncrease, maxRuns, maxDuration } = flags
  const fields: RawSearch = {
    ...{ good, bad, test },
    minIncrease: minIncrease === undefined ? undefined : decimal(minIncrease),
    maxRuns: maxRuns === undefined ? undefined : wholeNumber(maxRuns),
    maxDurationMs: maxDuration === undefined ? undefined : parseDuration(maxDuration, '--max-duration'),
  }
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
}
