import type { DefineCommand } from './define.ts'

export const defineEnvironments: DefineCommand = (program, context, done) => {
  const environments = program
    .command('environments')
    .description('look at the environments of suites in a cluster or on this machine, or remove some')
    .addHelpText('after', '\nExamples:\n  commit-suite environments list\n  commit-suite environments remove im-14-7')
  environments
    .command('list')
    .description('print what exists, whose it is and until when')
    .option('--kubeconfig <path>', 'kubeconfig of the cluster')
    .option('--context <name>', 'context of the kubeconfig')
    .option('--local', "those of the local executor on this machine, or on a gateway's, instead")
    .option('--json', 'print one JSON document on stdout and nothing else')
    .addHelpText('after', '\nExample:\n  commit-suite environments list --context staging --json')
    .action(async ({ kubeconfig, context: named, local = false, json = false }) => {
      const { printEnvironments } = await import('../flows/environments.ts')
      done(await printEnvironments(context, { kubeconfig, context: named, local, json }))
    })
  environments
    .command('remove')
    .description('remove environments and all that is in them')
    .argument('<name...>', 'names, as list prints them')
    .option('--kubeconfig <path>', 'kubeconfig of the cluster')
    .option('--context <name>', 'context of the kubeconfig')
    .option('--local', "those of the local executor on this machine, or on a gateway's, instead")
    .addHelpText('after', '\nExample:\n  commit-suite environments remove cs-nightly-0123456789ab')
    .action(async (names: string[], { kubeconfig, context: named, local = false }) => {
      const { removeEnvironments } = await import('../flows/environments.ts')
      done(await removeEnvironments(context, names, { kubeconfig, context: named, local }))
    })
}
