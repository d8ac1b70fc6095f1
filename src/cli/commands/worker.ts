import type { DefineCommand } from './define.ts'

export const defineWorker: DefineCommand = (program, context, done) => {
  program
    .command('worker')
    .description('run a worker alone, for scale-out; Temporal is the one of TEMPORAL_ADDRESS')
    .addHelpText('after', '\nExample:\n  TEMPORAL_ADDRESS=temporal.internal:7233 commit-suite worker')
    .action(async () => {
      const { work } = await import('../flows/serve.ts')
      done(await work(context))
    })
}
