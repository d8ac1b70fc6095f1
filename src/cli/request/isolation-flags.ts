import type { Command } from 'commander'
import { z } from 'zod'
import { parseDuration } from '../../contract/duration.ts'
import type { RawIsolation } from './isolation-rules.ts'
import { decimal, wholeNumber } from './parse-flags.ts'

const collect = (value: string, previous: string[] | undefined): string[] => [...(previous ?? []), value]

/** The options that say what an isolation is; values stay text until `buildIsolation` judges them. */
export function addIsolationFlags(command: Command): Command {
  return command
    .option('--repo <path|url>', 'local repository (its working tree is never touched) or URL (default: ".")')
    .option('--commit <ref>', 'the commit to test (default: HEAD)')
    .option(
      '--run <run>',
      'a run on record in which the test failed: its order, command, set-up and environment are taken',
    )
    .option('--command <cmd>', "runs all tests; with {tests} where the names of some go (default: the template's)")
    .option('--workdir <dir>', 'folder inside the repository to run in')
    .option('--setup <cmd>', 'set-up, once (default: detected: pip install, …)')
    .option('--no-setup', 'no set-up at all')
    .option(
      '--min-rate <r>',
      'it fails at this failure rate and above, passes at a fifth of it and below (default: 0.2)',
    )
    .option('--confidence <c>', 'how sure the answer has to be (default: 0.95)')
    .option('--max-runs <n>', 'answers by what it has after so many runs (default: 2000)')
    .option('--max-duration <d>', 'the same after so long: 10m, 2h')
    .option('--seed <n>', 'makes the draw of the seeds repeatable')
    .option('--parallelism <n>', 'runs at once (default: cores; 10 in pods)')
    .option('--timeout <d>', 'per run, from the start of the command: 90s, 5m, 1h (default: 5m)')
    .option('--project-type <t>', 'a folder of templates/ (default: detected)')
    .option('--executor <name>', 'where runs happen: local, or kubernetes: in pods (default: local)')
    .option('--isolation <how>', 'local: process or sandbox (default: process); kubernetes: pod or warm (default: pod)')
    .option('--context <name>', 'context of your kubeconfig, with --executor kubernetes')
    .option('--kubeconfig <file>', 'kubeconfig, with --executor kubernetes (default: $KUBECONFIG, …)')
    .option('--memory <size>', 'limit of memory per run: 512MiB, 2GiB')
    .option('--processes <n>', 'limit of processes per run')
    .option('--cpus <n>', 'limit of processors per run, 0.5 too')
    .option('--env <k=v>', 'plain environment value (recorded); repeatable', collect)
    .option('--secret-env <name>', 'name of a variable of your environment for the runs; repeatable', collect)
    .option('--id <id>', 'makes the start idempotent: the same request joins, another one is refused')
    .option('--config <file>', 'options from a file; flags win')
}

const text = z.string().optional()

/** What commander hands over for those options that `run` does not have, or has in another meaning. */
export const isolationFlagsSchema = z.object({
  commit: text,
  run: text,
  minRate: text,
  maxRuns: text,
  maxDuration: text,
})
export type IsolationFlags = z.infer<typeof isolationFlagsSchema>

/** Turns their text into the fields of a request; only flags that were given appear. */
export function isolationOfFlags({ commit, run, minRate, maxRuns, maxDuration }: IsolationFlags): RawIsolation {
  const fields: RawIsolation = {
    ...{ commit, run },
    minRate: minRate === undefined ? undefined : decimal(minRate),
    maxRuns: maxRuns === undefined ? undefined : wholeNumber(maxRuns),
    maxDurationMs: maxDuration === undefined ? undefined : parseDuration(maxDuration, '--max-duration'),
  }
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
}
