import type { DefineCommand } from './define.ts'
import { SERVE_HELP } from './serve-help.ts'

export const defineGateway: DefineCommand = (program, context, done) => {
  program
    .command('gateway')
    .description('a gateway alone, for scale-out, on a Temporal and worker that run already')
    .option('--host <address>', 'address to listen on; others than loopback need an API key', '127.0.0.1')
    .option('--port <n>', 'port to listen on; 0 picks a free one', '8080')
    .option('--json', 'when ready, print one JSON line with addresses and pid')
    .addHelpText(
      'after',
      `${SERVE_HELP}\nExample:\n  TEMPORAL_ADDRESS=temporal.internal:7233 commit-suite gateway --port 8081`,
    )
    .action(async ({ host, port, json = false }) => {
      const { serve } = await import('../flows/serve.ts')
      done(await serve(context, { host, port, json, resume: false }))
    })
}
