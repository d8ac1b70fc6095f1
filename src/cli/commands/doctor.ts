import type { DefineCommand } from './define.ts'

export const defineDoctor: DefineCommand = (program, context, done) => {
  program
    .command('doctor')
    .description('say what is installed and reachable, and what to do about what is not')
    .option('--json', 'print one JSON document on stdout and nothing else')
    .addHelpText('after', '\nExample:\n  commit-suite doctor')
    .action(async ({ json = false }) => {
      const { examine } = await import('../flows/doctor.ts')
      done(await examine(context, { json }))
    })
}
