import type { DefineCommand } from './define.ts'

export const defineWorker: DefineCommand = (program, context, done) => {
  program
    .command('worker')
    .description('run a worker alone, for scale-out; Temporal is the one of TEMPORAL_ADDRESS')
    .addHelpText(
      'after',
      `
What it tells of itself, all off by default (docs/observability.md):
  COMMIT_SUITE_METRICS         host:port for /metrics, /healthz and /readyz; without a host on loopback
  OTEL_EXPORTER_OTLP_ENDPOINT  where traces go, over OTLP/HTTP

Example:
  TEMPORAL_ADDRESS=temporal.internal:7233 commit-suite worker`,
    )
    .action(async () => {
      const { work } = await import('../flows/serve.ts')
      done(await work(context))
    })
}
