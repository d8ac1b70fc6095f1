import type { DefineCommand } from './define.ts'

const FILE_HELP = `
The file holds one key a line, an id and 32 bytes in base64; the last one encrypts, all of them decrypt. Name it with
COMMIT_SUITE_PAYLOAD_KEYS for every worker, gateway and command of one Temporal. Without it nothing is encrypted.

Examples:
  commit-suite payload-keys create /etc/commit-suite/payload-keys
  COMMIT_SUITE_PAYLOAD_KEYS=/etc/commit-suite/payload-keys commit-suite serve`

export const definePayloadKeys: DefineCommand = (program, context, done) => {
  const keys = program
    .command('payload-keys')
    .description('keys that encrypt what Temporal keeps of suites')
    .addHelpText('after', FILE_HELP)
  keys
    .command('create')
    .argument('<file>', 'made with mode 0600 where there is none')
    .description('add a new key at the end of the file, and print its id')
    .addHelpText('after', FILE_HELP)
    .action(async (file) => {
      const { createPayloadKey } = await import('../flows/payload-keys.ts')
      done(await createPayloadKey(context, file))
    })
}
