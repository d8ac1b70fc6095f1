import type { GitSetting } from './git-environment.ts'
import { findLocalSource, readSource } from './local-source.ts'

const DECODED_WITH_LOSS = '\ufffd'

/**
 * Whether the working tree at `path` differs from its HEAD, untracked files included, ignored ones not: what a suite
 * would not test. Reads only: no index is refreshed, no hook, filter or file-system monitor of the repository runs,
 * submodules are not entered. False for a bare repository; true where it cannot be told without running a filter;
 * `repo_not_found` where there is none.
 */
export async function uncommittedChanges(path: string, signal?: AbortSignal): Promise<boolean> {
  const { root, bare } = await findLocalSource(path, signal)
  if (bare) return false
  const filters = await filterSettings(root, signal)
  // Only by its exact name can a filter be turned off, and a variable cannot carry one that is no UTF-8.
  if (filters.some((name) => name.includes(DECODED_WITH_LOSS))) return true
  const args = ['status', '--porcelain', '-z', '--untracked-files=normal', '--ignore-submodules=all', '--no-renames']
  return (await readSource(root, args, signal, filters.map(turnedOff))) !== ''
}

/** Names of all settings of content filters: shell commands that `status` would run on files with a new time stamp. */
async function filterSettings(root: string, signal: AbortSignal | undefined): Promise<string[]> {
  const args = ['config', '--null', '--name-only', '--get-regexp', '^filter\\..*\\.(clean|process|smudge|required)$']
  const names = await readSource(root, args, signal)
  return [...new Set(names.split('\0'))].filter((name) => name !== '')
}

const turnedOff = (name: string): GitSetting => [name, name.endsWith('.required') ? 'false' : '']
