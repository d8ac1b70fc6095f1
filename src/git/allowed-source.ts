import { realpath } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { repositoryNotAllowed } from './allowed-repositories.ts'
import { type LocalSource, readSource } from './local-source.ts'
import { matchesPath, parsePattern, type RepositoryPattern } from './repository-pattern.ts'

/**
 * Throws `repo_not_allowed` where a local repository lies outside of what the patterns mean once all links are
 * resolved: its top folder, and the folders its `.git` points to. Found from below a folder that is allowed, it may lie
 * above it.
 */
export async function assertAllowedSource(
  asked: string,
  source: LocalSource,
  patterns: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const allowed = (await Promise.all(patterns.map((text) => resolved(parsePattern(text))))).flat()
  const where = ['rev-parse', '--path-format=absolute', '--git-dir', '--git-common-dir']
  const folders = (await readSource(source.root, where, signal)).split('\n').filter((line) => line !== '')
  const [root = '', ...others] = await Promise.all([source.root, ...folders].map((folder) => realpath(folder)))
  const outside = (folder: string): boolean => !allowed.some((pattern) => matchesPath(pattern, folder))
  if (outside(root) || others.some((folder) => !folder.startsWith(`${root}/`) && outside(folder))) {
    throw repositoryNotAllowed(asked)
  }
}

/** The pattern with the links resolved in what stands before its first `*`; none where that does not exist. */
async function resolved(pattern: RepositoryPattern): Promise<RepositoryPattern[]> {
  if (pattern.form !== 'file') return []
  const star = pattern.path.indexOf('*')
  const fixed = star < 0 ? pattern.path : dirname(`${pattern.path.slice(0, star)}x`)
  const real = await realpath(fixed).catch(() => undefined)
  return real === undefined ? [] : [{ ...pattern, path: join(real, pattern.path.slice(fixed.length)) }]
}
