import type { DefineCommand } from './define.ts'

const HELP = `
Roles:
  orchestration  decides what happens next: workflows and their short activities; needs the result database only
  runs           makes it happen: fetches repositories, prepares commits, runs tests, tells of ends
  all            both

Environment, besides that of every command:
  COMMIT_SUITE_ROLE, COMMIT_SUITE_DRAIN         what --role and --drain say
  COMMIT_SUITE_SLOTS                            runs at once on this machine: a number, by default its cores, or auto
  COMMIT_SUITE_SLOTS_MEMORY, …_CPU, …_MOST      for auto: take runs below 80 (%) of memory and 90 (%) of CPU, at most 8 a core
  COMMIT_SUITE_KUBERNETES_PODS                  runs in pods at once that this worker looks after, by default 100
  COMMIT_SUITE_DEPLOYMENT                       name of the worker deployment, for versions
  COMMIT_SUITE_BUILD_ID                         this version of it, by default our own and a digest of the workflows

What it tells of itself, all off by default (docs/observability.md):
  COMMIT_SUITE_METRICS         host:port for /metrics, /healthz and /readyz; without a host on loopback
  OTEL_EXPORTER_OTLP_ENDPOINT  where traces go, over OTLP/HTTP

Examples:
  TEMPORAL_ADDRESS=temporal.internal:7233 commit-suite worker
  TEMPORAL_ADDRESS=temporal.internal:7233 commit-suite worker --role runs --drain 10m`

export const defineWorker: DefineCommand = (program, context, done) => {
  program
    .command('worker')
    .description('run a worker alone, for scale-out; Temporal is the one of TEMPORAL_ADDRESS')
    .option('--role <role>', 'all, orchestration or runs; all by default')
    .option(
      '--drain <duration>',
      'on SIGTERM finish the runs in hand for so long, then give the rest to other workers; ' +
        'without it runs go on here and the next worker of this state directory takes them up',
    )
    .addHelpText('after', HELP)
    .action(async ({ role, drain }) => {
      const { work } = await import('../flows/serve.ts')
      done(await work(context, { role, drain }))
    })
}
