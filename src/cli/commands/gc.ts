import type { DefineCommand } from './define.ts'

export const defineGc: DefineCommand = (program, context, done) => {
  program
    .command('gc')
    .description('remove environments, caches and mirrors that have outlived their time-to-live')
    .option('--older-than <d>', 'unused for so long', '24h')
    .option('--kubeconfig <path>', 'also of the cluster of this kubeconfig, and of no other cluster')
    .option('--context <name>', 'context of the kubeconfig')
    .option('--dry-run', 'only say what would be removed')
    .option('--json', 'print one JSON document on stdout and nothing else')
    .addHelpText('after', '\nExamples:\n  commit-suite gc --dry-run\n  commit-suite gc --older-than 7d')
    .action(async ({ olderThan, kubeconfig, context: named, dryRun = false, json = false }) => {
      const { collect } = await import('../flows/gc.ts')
      done(await collect(context, { olderThan, kubeconfig, context: named, dryRun, json }))
    })
}
