import type { GitSetting } from './git-environment.ts'
import { findLocalSource, gitIn } from './local-source.ts'

/**
 * Whether the working tree at `path` differs from its HEAD, untracked files included, ignored ones not: what a suite
 * would not test. Reads only: no index is refreshed, no hook, filter or file-system monitor of the repository runs,
 * submodules are not entered. False for a bare repository; `repo_not_found` where there is none.
 */
export async function uncommittedChanges(path: string, signal?: AbortSignal): Promise<boolean> {
  const { root, bare } = await findLocalSource(path, signal)
  if (bare) return false
  const args = ['status', '--porcelain', '-z', '--untracked-files=normal', '--ignore-submodules=all', '--no-renames']
  const { stdout } = await gitIn(root, args, signal, await withoutFilters(root, signal))
  return stdout.length > 0
}

/** Content filters are shell commands; `status` would run them on files whose time stamp changed. */
async function withoutFilters(root: string, signal: AbortSignal | undefined): Promise<GitSetting[]> {
  const args = ['config', '--null', '--name-only', '--get-regexp', '^filter\\..*\\.(clean|process|smudge|required)$']
  const { stdout } = await gitIn(root, args, signal)
  const names = stdout
    .toString('utf8')
    .split('\0')
    .filter((name) => name !== '')
  return [...new Set(names)].map((name): GitSetting => [name, name.endsWith('.required') ? 'false' : ''])
}
