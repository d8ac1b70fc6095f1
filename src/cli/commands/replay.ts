import type { DefineCommand } from './define.ts'

export const defineReplay: DefineCommand = (program, context, done) => {
  program
    .command('replay')
    .argument('<run>', 'a recorded run: <suite>.<commit>.<attempt>')
    .description('run one recorded run again: same commit, seed, command, environment, limits')
    .option('--times <k>', 'so often, 1 to 1,000', '1')
    .option('--print', 'print a plain shell script that needs no Commit Suite; secrets by name only')
    .option('--json', 'print one JSON document on stdout and nothing else')
    .addHelpText(
      'after',
      '\nExamples:\n  commit-suite replay s-k2v7q3xm4a.0123456789ab.3 --times 20\n  commit-suite replay s-k2v7q3xm4a.0123456789ab.3 --print | sh',
    )
    .action(async (id, { times, print = false, json = false }) => {
      const { replayRun } = await import('../flows/replay.ts')
      done(await replayRun(context, id, { times, print, json }))
    })
}
