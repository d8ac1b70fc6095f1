import type { DefineCommand } from './define.ts'

export const defineServe: DefineCommand = (program, context, done) => {
  program
    .command('serve')
    .description('keep the worker and the embedded Temporal server up in the foreground; resumes interrupted suites')
    .option('--json', 'when ready, print one JSON line with addresses and pid')
    .addHelpText('after', '\nExample:\n  commit-suite serve --json')
    .action(async ({ json = false }) => {
      const { serve } = await import('../flows/serve.ts')
      done(await serve(context, { json }))
    })
}
