import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { CommitSuiteError, invalidInput } from '../contract/index.ts'
import { credentialSettings } from './credential-settings.ts'
import { fetchFailure } from './fetch-failure.ts'
import { type GitSetting, gitEnvironment } from './git-environment.ts'
import { noteGit } from './leftover-git.ts'
import type { LocalSource } from './local-source.ts'
import { isShallow, SOURCE_HEAD } from './mirror-repository.ts'
import { redactRepository } from './redact.ts'
import { parseRepository } from './repository-ref.ts'
import { type GitResult, runGit } from './run-git.ts'
import { readMirror } from './simple-git.ts'

export interface FetchContext {
  mirror: string
  /** URL, or absolute path of a local repository. */
  from: string
  source: LocalSource | undefined
  transports: readonly string[]
  promisorTransports: readonly string[]
  signal: AbortSignal
}

export type FetchOutcome = { ok: true } | { ok: false; stderr: string }

/** Of a local repository everything but what would rewrite history or collide with our own refs. */
const LOCAL_REFSPECS = ['+refs/*:refs/*', '^refs/replace/*', '^refs/commit-suite/*']
/** Of a remote its branches, under the names a clone gives them as well, and its tags. */
const REMOTE_REFSPECS = [
  '+refs/heads/*:refs/heads/*',
  '+refs/heads/*:refs/remotes/origin/*',
  '+refs/tags/*:refs/tags/*',
]
const NO_HEAD = /couldn't find remote ref HEAD/

/** Fetches all refs and HEAD into `target`; throws `repo_empty` where the source has no commit. */
export async function fetchInto(context: FetchContext, target: string): Promise<FetchOutcome> {
  const refspecs = context.source === undefined ? REMOTE_REFSPECS : LOCAL_REFSPECS
  if (context.source?.promisorUrl !== undefined) await fetchPromisor(context, target, context.source.promisorUrl)
  let result = await gitFetch(
    context,
    target,
    ['--prune', ...(await shallowFlags(context, target))],
    [`+HEAD:${SOURCE_HEAD}`, ...refspecs],
  )
  if (result.exitCode !== 0 && NO_HEAD.test(result.stderr)) {
    // HEAD names a branch without commits; other branches may have some.
    await runGit(['--git-dir', target, 'update-ref', '-d', SOURCE_HEAD], { env: gitEnvironment(), cwd: '/' })
    result = await gitFetch(context, target, ['--prune', ...(await shallowFlags(context, target))], refspecs)
    if (result.exitCode === 0 && (await isEmpty(target))) throw emptyRepository(context.from)
  }
  return result.exitCode === 0 ? { ok: true } : { ok: false, stderr: result.stderr }
}

/** Runs `git fetch` from the source of the mirror, noted so that a crash leaves no writer behind. */
export async function gitFetch(
  context: Pick<FetchContext, 'mirror' | 'from' | 'transports' | 'signal'>,
  target: string,
  flags: readonly string[],
  refspecs: readonly string[],
): Promise<GitResult> {
  const settings: GitSetting[] = context.transports.some((name) => name.startsWith('http'))
    ? await credentialSettings(context.signal)
    : []
  const env = gitEnvironment({
    transports: context.transports,
    settings,
    globalConfig: await sourceConfig(dirname(context.mirror)),
  })
  const fixed = ['--quiet', '--no-tags', '--no-write-fetch-head', '--no-auto-gc', '--no-recurse-submodules', '--force']
  const args = ['--git-dir', target, 'fetch', ...fixed, ...flags, '--end-of-options', context.from, ...refspecs]
  const writer = `${context.mirror}.writer`
  try {
    return await runGit(args, { env, cwd: '/', signal: context.signal, onSpawn: (pid) => noteGit(writer, pid) })
  } finally {
    await rm(writer, { force: true })
  }
}

/**
 * The only configuration that has to reach the `upload-pack` git starts in a local source, where settings from the
 * environment do not: whoever owns the repository that the user named, it may be read, by commit id too.
 */
async function sourceConfig(folder: string): Promise<string> {
  const file = join(folder, 'source.gitconfig')
  const draft = `${file}.${process.pid}`
  await mkdir(folder, { recursive: true })
  await writeFile(draft, '[safe]\n\tdirectory = *\n[uploadpack]\n\tallowAnySHA1InWant = true\n')
  await rename(draft, file)
  return file
}

/** A mirror of a shallow clone is shallow, and grows when its source was deepened meanwhile. */
async function shallowFlags(context: FetchContext, target: string): Promise<string[]> {
  if (context.source === undefined) return []
  return (await isShallow(target)) ? ['--update-shallow', '--unshallow'] : ['--update-shallow']
}

/**
 * A partial clone lacks objects that only its remote has. The mirror takes them from there first, under the same
 * rules for transports, and the local work on top of it afterwards.
 */
async function fetchPromisor(context: FetchContext, target: string, url: string): Promise<void> {
  const { promisorTransports: transports, from: cwd } = context
  const remote = allowedPromisor(url, context.from, () => parseRepository(url, { cwd, transports }))
  const partial = { ...context, from: remote.url, transports: remote.kind === 'local' ? ['file'] : [remote.transport] }
  const result = await gitFetch(partial, target, [], ['+refs/*:refs/commit-suite/promisor/*'])
  if (result.exitCode !== 0) throw fetchFailure(remote.url, result.stderr)
}

function allowedPromisor<T>(url: string, from: string, parse: () => T): T {
  try {
    return parse()
  } catch (error) {
    if (!(error instanceof CommitSuiteError)) throw error
    throw invalidInput(
      'repo',
      from,
      `is a partial clone, and its remote ${redactRepository(url)} cannot be used (${error.detail.rule ?? error.message})`,
      'Run `git fetch --refetch --no-filter` in it first.',
      'repo_not_allowed',
    )
  }
}

async function isEmpty(target: string): Promise<boolean> {
  return (await readMirror({ path: target }, ['for-each-ref', '--count=1'])) === ''
}

function emptyRepository(from: string): CommitSuiteError {
  return invalidInput('repo', redactRepository(from), 'has no commits yet', 'Make a commit first.', 'repo_empty')
}
