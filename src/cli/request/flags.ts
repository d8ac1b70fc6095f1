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
    .option(
      '--parallelism <n>',
      'runs of this suite at once (default: cores; 10 in pods); the worker bounds all suites',
    )
    .option('--timeout <d>', 'per run, from the start of the command: 90s, 5m, 1h (default: 5m)')
    .option('--until <what>', 'verdict: ends a commit as soon as the evidence suffices; --runs is then a cap (1,000)')
    .option('--max-flake-rate <r>', 'with --until: the largest failure rate to live with (default: 0.05)')
    .option('--confidence <c>', 'with --until: how sure to be, of flaky and of passing (default: 0.95)')
    .option('--shuffle', 'random order of tests, drawn from the seed, where the framework can')
    .option('--project-type <t>', 'a folder of templates/ (default: detected)')
    .option('--executor <name>', 'where runs happen: local, or kubernetes: in pods (default: local)')
    .option(
      '--isolation <how>',
      'local: process or sandbox (default: process); kubernetes: pod or warm (default: pod); see below',
    )
    .option('--context <name>', 'with kubernetes: context of the kubeconfig (default: its current one)')
    .option('--kubeconfig <path>', 'with kubernetes: kubeconfig on the machine of the worker (default: $KUBECONFIG)')
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
    .option(
      '--notify <name>',
      'a target of the worker that is told of the end; repeatable (docs/notifications.md)',
      collect,
    )
    .option('--id <id>', 'makes the start idempotent: the same request joins, another one is refused')
    .option('--config <file>', 'options from a file; flags win')
}

export const ISOLATION_HELP = `
Isolation:
  process   guards against accidents only: each run gets its own copy of the tree, HOME and TMPDIR and is killed
            whole, but it runs as you, with your files and your network. Test only code you would run yourself.
  sandbox   another uid, private namespaces, no network during runs, your home hidden: for code nobody vouches for.
  pod       a fresh pod for every run, without network, credentials or service account: nothing of one run reaches
            another. For code nobody vouches for, as far as you trust the nodes' container runtime with it.
  warm      a few prepared pods per commit that take one run after another, each in a fresh copy of the tree: faster,
            as no pod has to start. Runs of one commit share pods, so only for code of one trust.`

export const KUBERNETES_HELP = `
Kubernetes:
  --executor kubernetes makes a namespace per commit (cs-<suite>-<commit>) with quota, network policies that let nothing
  in or out, and the pods; it goes when the commit is done, or 24 h later with --keep. The cluster is that of
  --kubeconfig and --context, else $KUBECONFIG, else the worker's own cluster, else ~/.kube/config. Image, resources and
  pod come from the project type (docs/templates.md). commit-suite doctor says whether you may do all that is needed.`
