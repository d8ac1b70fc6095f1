import type { DefineCommand } from './define.ts'
import { SERVE_HELP } from './serve-help.ts'

export const defineServe: DefineCommand = (program, context, done) => {
  program
    .command('serve')
    .description(
      'gateway, worker and (unless TEMPORAL_ADDRESS is set) Temporal, in the foreground; resumes interrupted suites',
    )
    .option('--host <address>', 'address to listen on; others than loopback need an API key', '127.0.0.1')
    .option('--port <n>', 'port to listen on; 0 picks a free one', '8080')
    .option('--json', 'when ready, print one JSON line with addresses and pid')
    .addHelpText('after', `${SERVE_HELP}\nExamples:\n  commit-suite serve\n  commit-suite serve --port 0 --json`)
    .action(async ({ host, port, json = false }) => {
      const { serve } = await import('../flows/serve.ts')
      done(await serve(context, { host, port, json, resume: true }))
    })
}
