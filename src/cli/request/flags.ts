import type { Command } from 'commander'

const collect = (value: string, previous: string[] | undefined): string[] => [...(previous ?? []), value]

/** The options that say what a suite is; values stay text until `buildRequest` judges them. */
export function addSuiteFlags(command: Command): Command {
  return command
    .option('--repo <path|url>', 'local repository (its working tree is never touched) or URL (default: ".")')
    .option(
      '--commits <list|range>',
      'refs, shas, tags or ranges, comma-separated; repeatable (default: HEAD)',
      collect,
    )
    .option('--first-parent', 'follow only first parents in ranges')
    .option('--command <cmd>', "test command, run by the shell in a fresh copy of the commit (default: the template's)")
    .option('--workdir <dir>', 'folder inside the repository to run in')
    .option('--setup <cmd>', 'set-up, once per commit (default: detected: pip install, npm ci, go mod download, …)')
    .option('--no-setup', 'no set-up at all')
    .option('--runs <n>', 'runs per commit, 1 to 100,000 (default: 10)')
    .option('--seeds <a,b,…>', 'exact seeds, 1 to 2147483647, each once; they set the number of runs')
    .option('--seed <n>', 'makes the draw of the seeds repeatable')
    .option('--parallelism <n>', 'runs of this suite at once (default: cores); worker slots bound all suites')
    .option('--timeout <d>', 'per run, from the start of the command: 90s, 5m, 1h (default: 5m)')
    .option('--project-type <t>', 'a folder of templates/ (default: detected)')
    .option('--executor <name>', 'where runs happen: local (default: local)')
    .option('--isolation <how>', 'process or sandbox (default: process; see below)')
    .option('--memory <size>', 'memory of each run, such as 512MiB; more ends it as crashed, out of memory')
    .option('--processes <n>', 'processes and threads of each run (default: 4096)')
    .option('--cpus <n>', 'processors that each run may use, such as 0.5')
    .option('--reports <glob>', 'report files to keep from each run')
    .option('--env <k=v>', 'plain environment value (recorded); repeatable', collect)
    .option(
      '--secret-env <name>',
      'name of a variable of your environment for the runs; its value is kept in memory only and masked in output; repeatable',
      collect,
    )
    .option('--keep <when>', 'never, failed or always: keep environments for 24 h to look at (default: never)')
    .option('--id <id>', 'makes the start idempotent: the same request joins, another one is refused')
    .option('--config <file>', 'options from a file; flags win')
}

export const ISOLATION_HELP = `
Isolation:
  process   guards against accidents only: each run gets its own copy of the tree, HOME and TMPDIR and is killed
            whole, but it runs as you, with your files and your network. Test only code you would run yourself.
  sandbox   another uid, private namespaces, no network during runs, your home hidden: for code nobody vouches for.`
