import { existsSync } from 'node:fs'
import { readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CommitSuiteError } from '../contract/index.ts'
import { gitEnvironment } from './git-environment.ts'
import { runGit } from './run-git.ts'

/** A bare repository of ours that holds a copy of the refs and history of the one under test. */
export interface Mirror {
  path: string
}

/** Where HEAD of the source is kept, detached or not; the mirror's own HEAD means nothing. */
export const SOURCE_HEAD = 'refs/commit-suite/HEAD'

export const mirrorsFolder = (stateDir: string): string => join(stateDir, 'mirrors')

const USED = 'commit-suite-used'

/** Puts off the collection of a mirror; where that fails, it only comes earlier. */
export async function markUsed(path: string): Promise<void> {
  const file = join(path, USED)
  const now = new Date()
  await utimes(file, now, now)
    .catch(() => writeFile(file, ''))
    .catch(() => undefined)
}

/** When a mirror was last asked for, in ms since 1970; undefined where there is none. */
export async function lastUsedMs(path: string): Promise<number | undefined> {
  const found = (await stat(join(path, USED)).catch(() => undefined)) ?? (await stat(path).catch(() => undefined))
  return found?.mtimeMs
}

/** Makes an empty mirror, in place of whatever is there. */
export async function createMirror(path: string, signal: AbortSignal): Promise<void> {
  await rm(path, { recursive: true, force: true })
  const args = ['init', '--quiet', '--bare', '--template=', '--initial-branch=main', path]
  const { exitCode, stderr } = await runGit(args, { env: gitEnvironment(), cwd: '/', signal })
  if (exitCode === 0) return
  throw new CommitSuiteError('fetch_failed', `The mirror ${path} cannot be made: ${stderr}`, { field: 'repo' })
}

/**
 * Whether the mirror is a repository all of whose refs lead to an object. Lock files in it are those of a dead git,
 * as ours holds the lock of the mirror; they are removed.
 */
export async function isSound(path: string): Promise<boolean> {
  if (!existsSync(path)) return false
  await removeLockFiles(path)
  const args = ['--git-dir', path, 'for-each-ref', '--format=%(objecttype)']
  const { exitCode, stdout, stderr } = await runGit(args, { env: gitEnvironment(), cwd: '/' })
  return exitCode === 0 && stdout.length > 0 && !/^(?:error|warning|fatal):/m.test(stderr)
}

async function removeLockFiles(path: string): Promise<void> {
  for (const entry of await readdir(path, { withFileTypes: true })) {
    if (entry.isFile() && entry.name.endsWith('.lock')) await rm(join(path, entry.name), { force: true })
  }
  const refs = await readdir(join(path, 'refs'), { recursive: true }).catch(() => [])
  for (const name of refs) if (name.endsWith('.lock')) await rm(join(path, 'refs', name), { force: true })
}

/** Whether the history of the mirror is cut off somewhere, as in the shallow clone it was made from. */
export const isShallow = async (path: string): Promise<boolean> => (await shallowBoundary(path)).size > 0

/** Ids of the commits whose parents are missing because the source is a shallow clone. */
export async function shallowBoundary(path: string): Promise<Set<string>> {
  const text = await readFile(join(path, 'shallow'), 'utf8').catch(() => '')
  return new Set(text.split('\n').filter((line) => line !== ''))
}
