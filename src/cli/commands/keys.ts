import type { DefineCommand } from './define.ts'

const ROLES = `
Roles:
  read   looks at suites that no other key asked for
  run    also starts, steers and replays suites
  admin  sees all suites, makes and revokes keys, removes environments

Examples:
  commit-suite keys create ci --role run --requests-per-minute 300 --open-suites 20
  commit-suite keys list
  commit-suite keys revoke ci`

export const defineKeys: DefineCommand = (program, context, done) => {
  const keys = program
    .command('keys')
    .description("the gateway's API keys; without any, it answers on loopback only")
    .addHelpText('after', ROLES)
  keys
    .command('create')
    .argument('<name>', 'what the key is for; it owns what its bearer starts')
    .description('make a key and print it: this once, it is stored as a digest')
    .option('--role <role>', 'read, run or admin', 'run')
    .option('--requests-per-minute <n>', 'requests that the key may make', '600')
    .option('--open-suites <n>', 'suites of the key that may be open at once', '100')
    .option('--json', 'print one JSON document on stdout and nothing else')
    .addHelpText('after', ROLES)
    .action(async (name, { role, requestsPerMinute, openSuites, json = false }) => {
      const { createKey } = await import('../flows/keys.ts')
      done(await createKey(context, { name, role, requestsPerMinute, openSuites }, { json }))
    })
  keys
    .command('list')
    .description('print the keys, without their secrets')
    .option('--json', 'print one JSON document on stdout and nothing else')
    .addHelpText('after', '\nExample:\n  commit-suite keys list --json')
    .action(async ({ json = false }) => {
      const { listKeys } = await import('../flows/keys.ts')
      done(await listKeys(context, { json }))
    })
  keys
    .command('revoke')
    .argument('<name>', 'as keys list prints it')
    .description('revoke a key: from now on it opens nothing, and its streams end')
    .addHelpText('after', '\nExample:\n  commit-suite keys revoke ci')
    .action(async (name) => {
      const { revokeKey } = await import('../flows/keys.ts')
      done(await revokeKey(context, name))
    })
}
