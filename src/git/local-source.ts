import { realpath, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { GitError } from 'simple-git'
import { type CommitSuiteError, invalidInput } from '../contract/index.ts'
import { fetchFailure } from './fetch-failure.ts'
import type { GitSetting } from './git-environment.ts'
import { requireGit } from './required-git.ts'
import { readGit } from './simple-git.ts'

const ANY_OWNER: GitSetting = ['safe.directory', '*']

/** A repository on this host, as found from a path inside it. */
export interface LocalSource {
  /** Top of the working tree, or the bare repository itself; links resolved. */
  root: string
  bare: boolean
  /** URL of the remote that a partial clone takes missing objects from. */
  promisorUrl: string | undefined
}

/**
 * Finds the repository at `path`, or above it. Throws `repo_not_found` where there is none. At the path itself any
 * owner is accepted, as the user named it; above it git's own ownership rule holds.
 */
export async function findLocalSource(path: string, signal?: AbortSignal): Promise<LocalSource> {
  const directory = await existingDirectory(path)
  await requireGit()
  const found = (await describe(directory, true, signal)) ?? (await describe(directory, false, signal))
  if (found === undefined) {
    throw notFound(path, 'is not a git repository', 'Name the folder that holds .git, or a URL.')
  }
  return { ...found, promisorUrl: await promisorUrl(found.root, signal) }
}

/**
 * What git prints about a repository that the user named, whoever owns it; nothing of it runs. Where git fails, an
 * error with field `repo` says why.
 */
export async function readSource(root: string, args: string[], signal?: AbortSignal, more: GitSetting[] = []) {
  const options = { folder: root, settings: [ANY_OWNER, ...more], ...(signal ? { signal } : {}) }
  return await readGit(args, options).catch((error: unknown) => {
    throw error instanceof GitError ? fetchFailure(root, error.message) : error
  })
}

async function existingDirectory(path: string): Promise<string> {
  try {
    const resolved = await realpath(path)
    if ((await stat(resolved)).isDirectory()) return resolved
  } catch {
    throw notFound(path, 'does not exist or cannot be read')
  }
  throw notFound(path, 'is not a directory')
}

async function describe(directory: string, here: boolean, signal: AbortSignal | undefined) {
  const owned = here ? { settings: [ANY_OWNER], ceiling: dirname(directory) } : {}
  const ask = async (...flags: string[]): Promise<string | undefined> => {
    try {
      const options = { folder: directory, ...owned, ...(signal ? { signal } : {}) }
      return (await readGit(['rev-parse', ...flags], options)).replace(/\n$/, '')
    } catch (error) {
      if (!(error instanceof GitError)) throw error
      if (!/dubious ownership/.test(error.message)) return undefined
      throw notFound(directory, 'lies in a repository of another user', 'Name the top folder of that repository.')
    }
  }
  const bare = await ask('--is-bare-repository')
  if (bare === undefined) return undefined
  const top = bare === 'true' ? undefined : await ask('--show-toplevel')
  const root = top ?? (await ask('--absolute-git-dir'))
  return root === undefined ? undefined : { root, bare: top === undefined }
}

/** The first remote marked as promisor, or the one of the old `extensions.partialClone`. */
async function promisorUrl(root: string, signal: AbortSignal | undefined): Promise<string | undefined> {
  const args = ['config', '--local', '--null', '--get-regexp', '^(extensions\\.partialclone|remote\\..*)$']
  const settings = new Map<string, string>()
  for (const entry of (await readSource(root, args, signal)).split('\0')) {
    const [key = '', ...value] = entry.split('\n')
    if (!settings.has(key)) settings.set(key, value.join('\n'))
  }
  const marked = [...settings].find(([key, value]) => key.endsWith('.promisor') && value !== 'false')?.[0]
  const remote = marked?.slice('remote.'.length, -'.promisor'.length) ?? settings.get('extensions.partialclone')
  return remote === undefined ? undefined : settings.get(`remote.${remote}.url`)
}

function notFound(path: string, rule: string, remedy?: string): CommitSuiteError {
  return invalidInput('repo', path, rule, remedy, 'repo_not_found')
}
