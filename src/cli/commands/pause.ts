import type { DefineCommand } from './define.ts'

export const definePause: DefineCommand = (program, context, done) => {
  program
    .command('pause')
    .argument('<id>', 'a suite')
    .description('start no new run of a suite; those in flight finish')
    .option('--note <text>', 'why, for others to read')
    .addHelpText('after', "\nExample:\n  commit-suite pause s-k2v7q3xm4a --note 'the machine is needed'")
    .action(async (id, flags) => {
      const { pauseSuite } = await import('../flows/steer.ts')
      done(await pauseSuite(context, id, flags))
    })
}
