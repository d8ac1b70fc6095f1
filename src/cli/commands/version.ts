import { packageVersion } from '../../package-version.ts'
import type { DefineCommand } from './define.ts'

export const defineVersion: DefineCommand = (program, context, done) => {
  program
    .command('version')
    .description('print the version')
    .option('--json', 'with the version of Node, as one JSON document')
    .addHelpText('after', '\nExample:\n  commit-suite version --json')
    .action(({ json = false }) => {
      const version = packageVersion()
      const text = json ? JSON.stringify({ version, node: process.versions.node }) : version
      context.stdout.write(`${text}\n`)
      done(0)
    })
}
