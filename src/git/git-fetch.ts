import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { credentialSettings } from './credential-settings.ts'
import { type GitSetting, gitEnvironment } from './git-environment.ts'
import { noteGit } from './leftover-git.ts'
import type { LocalSource } from './local-source.ts'
import type { NetworkAccess } from './network-access.ts'
import type { PinnedConnection } from './pinned-connection.ts'
import type { RepositoryRef } from './repository-ref.ts'
import { type GitResult, runGit } from './run-git.ts'

export interface FetchContext {
  mirror: string
  /** URL, or absolute path of a local repository. */
  from: string
  source: LocalSource | undefined
  transports: readonly string[]
  promisorTransports: readonly string[]
  /** What the request may reach that came over the network; absent for all others. */
  network?: NetworkAccess | undefined
  /** The only ways there, to be tried in turn; without any the host is resolved and reached as git sees fit. */
  connections?: readonly PinnedConnection[]
  /** The remote of a partial clone where it had to be checked before anything else. */
  promisor?: Promisor
  signal: AbortSignal
}

/** Where a partial clone takes missing objects from. */
export interface Promisor {
  repo: RepositoryRef
  source?: LocalSource | undefined
  connections: readonly PinnedConnection[]
}

/** What ssh says where the next address of the host may do better. */
const NO_CONNECTION = /ssh: connect to host/

/** Runs `git fetch` from the source of the mirror, noted so that a crash leaves no writer behind. */
export async function gitFetch(
  context: Pick<FetchContext, 'mirror' | 'from' | 'transports' | 'network' | 'connections' | 'signal'>,
  target: string,
  flags: readonly string[],
  refspecs: readonly string[],
): Promise<GitResult> {
  const fixed = ['--quiet', '--no-tags', '--no-write-fetch-head', '--no-auto-gc', '--no-recurse-submodules', '--force']
  const args = ['--git-dir', target, 'fetch', ...fixed, ...flags, '--end-of-options', context.from, ...refspecs]
  const [first, ...others] = context.connections ?? []
  let result = await fetchOnce(context, args, first)
  for (const connection of others) {
    if (result.exitCode === 0 || !NO_CONNECTION.test(result.stderr)) break
    result = await fetchOnce(context, args, connection)
  }
  return result
}

async function fetchOnce(
  context: Pick<FetchContext, 'mirror' | 'transports' | 'network' | 'signal'>,
  args: readonly string[],
  connection: PinnedConnection | undefined,
): Promise<GitResult> {
  const settings: GitSetting[] = context.transports.some((name) => name.startsWith('http'))
    ? await credentialSettings(context.signal)
    : []
  const env = gitEnvironment({
    transports: context.transports,
    settings: [...settings, ...(connection?.settings ?? [])],
    globalConfig: await sourceConfig(dirname(context.mirror)),
    extra: connection?.variables ?? {},
    direct: context.network !== undefined,
  })
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
