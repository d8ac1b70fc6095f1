import { type Command, type SuiteSpec, sha12 } from '../../contract/index.ts'
import { attemptOf } from '../../requests/replay-request.ts'
import type { RunOnRecord } from '../../store/find-run.ts'
import { safeLine } from '../terminal-safe.ts'

/** One word for a POSIX shell, whatever it holds; newlines stand literally within single quotes. */
export const shellQuote = (word: string): string =>
  /^[A-Za-z0-9_./:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`

/** The recorded `{shell}` runs under bash where there is one, `{argv}` as it stands. */
function words(command: Command): string {
  if ('argv' in command) return command.argv.map(shellQuote).join(' ')
  return `"$shell" -c ${shellQuote(command.shell)}`
}

/** A comment of one line: nothing from a repository may break out of it. */
const comment = (text: string): string => `# ${safeLine(text)}`

const assignments = (env: Record<string, string>): string[] =>
  Object.entries(env).map(([name, value]) => `export ${name}=${shellQuote(value)}`)

const MEBIBYTE = 1024 * 1024

/** What the recorded run was held to and a plain shell cannot hold its own to: `ulimit` counts per user or process. */
function bounds({ limits, isolation }: SuiteSpec): string[] {
  const { memoryBytes, processes, cpus } = limits
  const parts = [
    ...(memoryBytes === undefined ? [] : [`memory ${Math.round(memoryBytes / MEBIBYTE)} MiB`]),
    ...(processes === undefined ? [] : [`processes ${processes}`]),
    ...(cpus === undefined ? [] : [`cpus ${cpus}`]),
    ...(isolation === 'sandbox' ? [`isolation ${isolation}`] : []),
  ]
  return parts.length === 0 ? [] : [`Not held to here, as the recorded run was: ${parts.join(', ')}.`]
}

/** Where a run in pods was: the script runs on this machine, whose programs may be others than the image's. */
function place(spec: SuiteSpec, sha: string, image: string | undefined): string[] {
  if (spec.executor !== 'kubernetes') return []
  const { isolation, cluster, session } = spec
  const parts = [
    `isolation ${isolation}`,
    `image ${image ?? 'of the template'}`,
    session === undefined ? `namespace cs-${spec.id}-${sha12(sha)}` : "namespace of its client's session",
    ...(cluster?.context === undefined ? [] : [`context ${cluster.context}`]),
  ]
  return [`Ran on Kubernetes: ${parts.join(', ')}.`]
}

export interface ScriptParts {
  /** Set-up commands as they were used, in order. */
  setup: Command[]
  command: Command
  /** All variables of the run: the suite's own, the framework's, TEST_SEED and ATTEMPT. */
  env: Record<string, string>
  /** Variables that name roots of toolchains, with their default folder under the user's own HOME. */
  toolchains?: Record<string, string>
  /** Of the pod, where the run had one. */
  image?: string | undefined
}

/**
 * HOME becomes a folder of the script's own, as it was one of the run's: set-ups install into it, and must not
 * change the user's. Toolchains that lie in the user's are still found.
 */
function ownHome(toolchains: Record<string, string>): string[] {
  const keepRoot = ([name, folder]: [string, string]): string =>
    `if [ -z "\${${name}-}" ] && [ -d "$HOME/${folder}" ]; then export ${name}="$HOME/${folder}"; fi`
  return [
    ...Object.entries(toolchains).map(keepRoot),
    'mkdir "$folder/home"',
    'export HOME="$folder/home"',
    'export PATH="$HOME/.local/bin:$PATH"',
  ]
}

/**
 * A POSIX shell script that runs a recorded run again without Commit Suite: a fresh clone, the commit, the set-up,
 * the environment and the command under its time-out. Secrets stand in it by name only.
 */
export function replayScript(run: RunOnRecord, { setup, command, env, toolchains = {}, image }: ScriptParts): string {
  const { spec } = run.suite
  const timeoutSeconds = spec.timeoutMs / 1000
  const secrets = spec.secretEnv.map(
    (name) => `: "\${${name}:?must be set: its value is not recorded}"\nexport ${name}`,
  )
  const setupLines = setup.map((line) => `( ${words(line)} ) >&2`)
  return [
    '#!/bin/sh',
    comment(`Runs ${run.id} again: ${run.subject}`),
    comment(`Seed ${run.seed}, attempt ${attemptOf(run)}. Needs git and what the tests need.`),
    ...place(spec, run.sha, image).map(comment),
    ...bounds(spec).map(comment),
    'set -eu',
    ...secrets,
    'if command -v bash >/dev/null 2>&1; then shell=bash; else shell=sh; fi',
    `folder=$(mktemp -d "\${TMPDIR:-/tmp}/replay.XXXXXX")`,
    // Go's module cache, in HOME, is read-only.
    `trap 'chmod -R u+w "$folder"; rm -rf "$folder"' EXIT`,
    `git clone --quiet --no-checkout -- ${shellQuote(spec.repo)} "$folder/tree"`,
    'cd "$folder/tree"',
    `git checkout --quiet --detach ${run.sha}`,
    `cd ./${shellQuote(spec.workdir)}`,
    ...ownHome(toolchains),
    ...assignments(spec.env),
    ...setupLines,
    ...assignments(Object.fromEntries(Object.entries(env).filter(([name, value]) => spec.env[name] !== value))),
    `set -- ${words(command)}`,
    `if command -v timeout >/dev/null 2>&1; then set -- timeout -k 3 ${timeoutSeconds} "$@"; fi`,
    '"$@"',
    '',
  ].join('\n')
}
