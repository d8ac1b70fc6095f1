import type { DefineCommand } from './define.ts'

export const defineLogs: DefineCommand = (program, context, done) => {
  program
    .command('logs')
    .argument('<run|suite>', 'a run; or a suite, for the output of its failing runs')
    .description('write what runs wrote, byte for byte, to stdout: first their stdout, then their stderr')
    .option('--stream <name>', 'only stdout or only stderr')
    .option('--try <n>', 'an earlier repetition after an infrastructure fault (default: the last)')
    .option('--follow', 'go on until the run, or the suite, has ended')
    .option(
      '--raw',
      'leave control characters, and events of go test -json, as they are on a terminal too, and commands in GitHub Actions',
    )
    .addHelpText(
      'after',
      '\nExamples:\n  commit-suite logs s-k2v7q3xm4a.0123456789ab.0\n  commit-suite logs s-k2v7q3xm4a --stream stderr | grep Error',
    )
    .action(async (target, { stream, try: number, follow = false, raw = false }) => {
      const { writeLogs } = await import('../flows/logs.ts')
      done(await writeLogs(context, target, { stream, try: number, follow, raw }))
    })
}
