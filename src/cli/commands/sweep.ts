import type { Command } from 'commander'
import type { CliContext } from '../context.ts'
import { ISOLATION_HELP, KUBERNETES_HELP } from '../request/flags.ts'
import { addSweepFlags } from '../request/sweep-flags.ts'
import type { DefineCommand } from './define.ts'

const ABOUT = `
A sweep is a schedule in Temporal: it fires while commit-suite serve (or a worker of your own Temporal) runs, and makes up
for what it missed within --catchup. Every firing is an ordinary suite, behind all suites that people wait for. It draws
seeds that the repository has not seen, spends its budget where runs teach most, and calls a flake fixed only with proof:
so many new runs without a failure, at commits after the last failing one, that its rate is at most --max-flake-rate.
commit-suite sweep COMMAND --help says more; see docs/sweeps.md.`

const OF_CREATE = `${ISOLATION_HELP}
${KUBERNETES_HELP}

Budget:
  Without one a firing makes --runs runs at each commit of --commits (default: HEAD). With --budget-runs or --budget it
  chooses among the newest 20 commits up to HEAD, or those of --commits: new commits, tests known to flake, proofs that
  one is fixed, and tests whose failure rate is known least. --runs is then the most at one commit. Secret variables
  come from the environment of the worker: start commit-suite serve where they are set.

Examples:
  commit-suite sweep create --name nightly --cron "0 2 * * *" --timezone Europe/Berlin --command pytest --budget-runs 500
  commit-suite sweep create --name hourly --cron @hourly --jitter 5m --budget 20m --repo https://example.org/app.git
  commit-suite sweep create --name proof --cron "*/30 8-18 * * MON-FRI" --runs 20 --max-flake-rate 0.01`

export const defineSweep: DefineCommand = (program, context, done) => {
  const sweep = program
    .command('sweep')
    .description('scheduled searches for flakes: nightly, by budget, with seeds not used before')
    .addHelpText('after', ABOUT)
  defineCreate(sweep, context, done)
  defineReaders(sweep, context, done)
  defineFiring(sweep, context, done)
  defineSteering(sweep, context, done)
}

type Define = (sweep: Command, context: CliContext, done: Parameters<DefineCommand>[2]) => void

const JSON_FLAG = ['--json', 'print one JSON document on stdout and nothing else'] as const

const defineCreate: Define = (sweep, context, done) => {
  addSweepFlags(sweep.command('create').description('create a sweep; under a name that exists the same one joins'))
    .option(...JSON_FLAG)
    .addHelpText('after', OF_CREATE)
    .action(async (flags) => {
      const { createSweep } = await import('../flows/create-sweep.ts')
      done(await createSweep(context, flags, { json: flags.json ?? false }))
    })
}

const defineReaders: Define = (sweep, context, done) => {
  sweep
    .command('list')
    .description('print the sweeps, with their next firings and last suites')
    .option(...JSON_FLAG)
    .addHelpText('after', '\nExample:\n  commit-suite sweep list --json')
    .action(async ({ json = false }) => {
      const { listSweeps } = await import('../flows/sweep.ts')
      done(await listSweeps(context, { json }))
    })
  sweep
    .command('show')
    .argument('<name>', 'as sweep list prints it')
    .description('print a sweep: what it fired, what for, and which tests flake or are proved fixed')
    .option(...JSON_FLAG)
    .addHelpText('after', '\nExample:\n  commit-suite sweep show nightly')
    .action(async (name, { json = false }) => {
      const { showSweep } = await import('../flows/sweep.ts')
      done(await showSweep(context, name, { json }))
    })
}

const defineFiring: Define = (sweep, context, done) => {
  sweep
    .command('trigger')
    .argument('<name>', 'as sweep list prints it')
    .description('fire now, paused or not; after the firing under way unless --overlap says otherwise')
    .option(...JSON_FLAG)
    .addHelpText('after', '\nExample:\n  commit-suite sweep trigger nightly')
    .action(async (name, { json = false }) => {
      const { triggerSweep } = await import('../flows/sweep.ts')
      done(await triggerSweep(context, name, { json }))
    })
  sweep
    .command('backfill')
    .argument('<name>', 'as sweep list prints it')
    .description('make the firings of a time that is past, one after the other; at most 31 days')
    .requiredOption('--from <time>', 'such as 2026-11-01T00:00:00Z')
    .requiredOption('--to <time>', 'such as 2026-11-08T00:00:00Z')
    .addHelpText(
      'after',
      '\nExample:\n  commit-suite sweep backfill nightly --from 2026-11-01T00:00:00Z --to 2026-11-08T00:00:00Z',
    )
    .action(async (name, { from, to }) => {
      const { backfillSweep } = await import('../flows/sweep.ts')
      done(await backfillSweep(context, name, { from, to }))
    })
}

const defineSteering: Define = (sweep, context, done) => {
  sweep
    .command('pause')
    .argument('<name>', 'as sweep list prints it')
    .description('fire no more; a firing under way goes on')
    .option('--note <text>', 'why, for whoever looks at it')
    .addHelpText('after', '\nExample:\n  commit-suite sweep pause nightly --note "main is frozen"')
    .action(async (name, { note }) => {
      const { pauseSweep } = await import('../flows/sweep.ts')
      done(await pauseSweep(context, name, { paused: true, note }))
    })
  sweep
    .command('resume')
    .argument('<name>', 'as sweep list prints it')
    .description('fire again as scheduled')
    .option('--note <text>', 'why, for whoever looks at it')
    .addHelpText('after', '\nExample:\n  commit-suite sweep resume nightly')
    .action(async (name, { note }) => {
      const { pauseSweep } = await import('../flows/sweep.ts')
      done(await pauseSweep(context, name, { paused: false, note }))
    })
  sweep
    .command('delete')
    .argument('<name>', 'as sweep list prints it')
    .description('delete a sweep; its suites stay on record, and a firing under way goes on')
    .addHelpText('after', '\nExample:\n  commit-suite sweep delete nightly')
    .action(async (name) => {
      const { deleteSweep } = await import('../flows/sweep.ts')
      done(await deleteSweep(context, name))
    })
}
