import { GitError } from 'simple-git'
import { oneLine } from './commit-details.ts'
import type { Mirror } from './mirror-repository.ts'
import { readGit, readMirror } from './simple-git.ts'

const MOST_NAMED = 3
const REGULAR_FILE = /^100(?:644|755) /
/** A pattern with its attributes; comments do not count. */
const LFS_ATTRIBUTE = '^[[:space:]]*[^#[:space:]].*[[:space:]]filter=lfs([[:space:]]|$)'

/**
 * What a commit asks for that a checkout of ours leaves out, as sentences for the user: submodules (entries of
 * `.gitmodules`) and contents in Git LFS (a `.gitattributes`, in whatever folder, with `filter=lfs`). Read from the
 * mirror: files of the checkout may be links to anywhere.
 */
export async function unmetNeeds(mirror: Mirror, sha: string): Promise<string[]> {
  const [submodules, lfs] = await Promise.all([submodulesOf(mirror, sha), usesLfs(mirror, sha)])
  return [
    ...(submodules === '' ? [] : [`The commit has submodules (${submodules}); they are not fetched.`]),
    ...(lfs ? ['The commit has files in Git LFS; only their pointers are checked out.'] : []),
  ]
}

/** The first few paths, empty where there are no submodules. */
async function submodulesOf(mirror: Mirror, sha: string): Promise<string> {
  const entry = await readMirror(mirror, ['ls-tree', '--full-tree', '--end-of-options', sha, '.gitmodules'])
  if (!REGULAR_FILE.test(entry)) return ''
  const paths = await readPaths(mirror, sha)
  if (paths === undefined) return '.gitmodules cannot be read'
  const more = paths.length > MOST_NAMED ? [`${paths.length - MOST_NAMED} more`] : []
  return [...paths.slice(0, MOST_NAMED).map(oneLine), ...more].join(', ')
}

async function readPaths(mirror: Mirror, sha: string): Promise<string[] | undefined> {
  const args = ['config', `--blob=${sha}:.gitmodules`, '--null', '--get-regexp', '^submodule\\..*\\.path$']
  try {
    const entries = (await readGit(args, { gitDir: mirror.path })).split('\0').filter((entry) => entry !== '')
    return entries.map((entry) => entry.slice(entry.indexOf('\n') + 1))
  } catch (error) {
    if (error instanceof GitError) return undefined
    throw error
  }
}

async function usesLfs(mirror: Mirror, sha: string): Promise<boolean> {
  const flags = ['--files-with-matches', '--no-textconv', '--text', '--extended-regexp', '-e', LFS_ATTRIBUTE]
  return (await readMirror(mirror, ['grep', ...flags, sha, '--', ':(glob)**/.gitattributes'])) !== ''
}
