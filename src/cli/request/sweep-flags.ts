import type { Command } from 'commander'
import { z } from 'zod'
import { parseDuration } from '../../contract/duration.ts'
import { addSuiteFlags } from './flags.ts'
import { wholeNumber } from './parse-flags.ts'
import type { RawSweep } from './sweep-rules.ts'

/** A sweep has a name, and draws seeds that the repository has not seen. */
const NOT_OF_SWEEPS = ['--id', '--seeds']

/** The options that say what a sweep is; values stay text until `buildSweep` judges them. */
export function addSweepFlags(command: Command): Command {
  command
    .option('--name <name>', "the sweep's id in commands and URLs: lower-case letters, digits and hyphens")
    .option('--cron <expression>', 'when it fires: minute hour day month weekday, such as "0 2 * * *", or @daily')
    .option('--timezone <zone>', 'of the cron expression, such as Europe/Berlin (default: UTC)')
    .option(
      '--budget-runs <n>',
      'runs of a firing, at all its commits together (default: --runs at each commit asked for)',
    )
    .option('--budget <d>', 'time of a firing: 30m, 2h; what has not ended by then is cancelled')
    .option(
      '--overlap <what>',
      'while the firing before is under way: skip, buffer-one, allow or cancel (default: skip)',
    )
    .option('--jitter <d>', 'each firing is late by a random time up to this (default: 0s)')
    .option('--catchup <d>', 'firings that were missed are made up for within this time (default: 24h)')
  addSuiteFlags(command)
  for (const option of command.options) if (NOT_OF_SWEEPS.includes(option.long ?? '')) option.hideHelp()
  return command
}

const text = z.string().optional()

/** What commander hands over for those options that `run` does not have. */
export const sweepFlagsSchema = z.object({
  name: text,
  cron: text,
  timezone: text,
  budgetRuns: text,
  budget: text,
  overlap: text,
  jitter: text,
  catchup: text,
})
export type SweepFlags = z.infer<typeof sweepFlagsSchema>

const duration = (value: string | undefined, flag: string): number | undefined =>
  value === undefined ? undefined : parseDuration(value, flag)

/** Turns their text into the fields of a request; only flags that were given appear. */
export function sweepOfFlags(flags: SweepFlags): RawSweep {
  const { name, cron, timezone, budgetRuns, budget, overlap, jitter, catchup } = flags
  const fields: RawSweep = {
    ...{ name, cron, timezone, overlap },
    budgetRuns: budgetRuns === undefined ? undefined : wholeNumber(budgetRuns),
    budgetMs: duration(budget, '--budget'),
    jitterMs: duration(jitter, '--jitter'),
    catchupMs: duration(catchup, '--catchup'),
  }
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
}
