import type { DefineCommand } from './define.ts'

export const defineResume: DefineCommand = (program, context, done) => {
  program
    .command('resume')
    .argument('<id>', 'a paused suite')
    .description('let a paused suite go on')
    .addHelpText('after', '\nExample:\n  commit-suite resume s-k2v7q3xm4a')
    .action(async (id) => {
      const { resumeSuite } = await import('../flows/steer.ts')
      done(await resumeSuite(context, id))
    })
}
