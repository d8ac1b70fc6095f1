import type { Mirror } from './mirror-repository.ts'
import { readMirror } from './simple-git.ts'

/** A commit with its parents, whether they are among those listed or not. */
export interface ListedCommit {
  sha: string
  parents: string[]
}

/** The newest commits up to one, that one first and children before their parents, at most `limit`. */
export async function newestCommits(
  mirror: Mirror,
  { from, limit, firstParent }: { from: string; limit: number; firstParent: boolean },
): Promise<ListedCommit[]> {
  const flags = ['--topo-order', '--parents', `--max-count=${limit}`, ...(firstParent ? ['--first-parent'] : [])]
  const text = await readMirror(mirror, ['rev-list', ...flags, '--end-of-options', from])
  return text.split('\n').flatMap((line) => {
    const [sha, ...parents] = line.split(' ')
    return sha === undefined || sha === '' ? [] : [{ sha, parents: firstParent ? parents.slice(0, 1) : parents }]
  })
}
