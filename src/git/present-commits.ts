import { SHA_PATTERN } from '../contract/index.ts'
import { gitEnvironment } from './git-environment.ts'
import type { Mirror } from './mirror-repository.ts'
import { runGit } from './run-git.ts'

/** Those of the entries that are full commit ids. */
export const fullShas = (refs: readonly string[]): string[] => refs.filter((ref) => SHA_PATTERN.test(ref))

/**
 * What each expression leads to: the commit's id, or why there is none. One process for all; expressions must be
 * checked beforehand (no line breaks).
 */
export async function lookUpCommits(mirror: Mirror, expressions: readonly string[]): Promise<CommitLookup[]> {
  if (expressions.length === 0) return []
  const { stdout } = await runGit(['--git-dir', mirror.path, 'cat-file', '--batch-check=%(objectname)'], {
    env: gitEnvironment(),
    cwd: '/',
    input: expressions.map((expression) => `${expression}^{commit}\n`).join(''),
  })
  const lines = stdout.toString('utf8').split('\n')
  return expressions.map((_, index) => {
    const line = lines[index] ?? ''
    if (SHA_PATTERN.test(line)) return { sha: line }
    return { problem: line.endsWith(' ambiguous') ? 'ambiguous' : 'missing' }
  })
}
export type CommitLookup = { sha: string } | { problem: 'missing' | 'ambiguous' }

export async function hasCommits(mirror: Mirror, shas: readonly string[]): Promise<boolean> {
  return (await lookUpCommits(mirror, shas)).every((found) => 'sha' in found)
}
