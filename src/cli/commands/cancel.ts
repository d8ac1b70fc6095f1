import type { DefineCommand } from './define.ts'

export const defineCancel: DefineCommand = (program, context, done) => {
  program
    .command('cancel')
    .argument('<id>', 'a suite or a search')
    .description('cancel a suite and wait until nothing of it is left')
    .option('--no-wait', 'return as soon as the request is accepted')
    .addHelpText('after', '\nExample:\n  commit-suite cancel s-k2v7q3xm4a')
    .action(async (id, { wait }) => {
      const { cancelSuite } = await import('../flows/steer.ts')
      done(await cancelSuite(context, id, { wait }))
    })
}
