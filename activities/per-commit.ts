import type { SuiteSpec } from '../src/contract/index.ts'

const REMEMBERED = 200

/**
 * What is found out of a commit and never changes, kept for all its runs. The suites of a search ask in the same way, round
 * after round: what was found for one serves all.
 */
export function perCommit<T>(find: (spec: SuiteSpec, sha: string) => Promise<T>) {
  const known = new Map<string, Promise<T>>()
  return async (spec: SuiteSpec, sha: string): Promise<T> => {
    const { id, partOf } = spec
    const key = `${partOf?.kind === 'search' ? `search/${partOf.id}` : id}/${sha}`
    const found = known.get(key) ?? find(spec, sha)
    known.delete(key)
    known.set(key, found)
    for (const oldest of known.keys()) {
      if (known.size <= REMEMBERED) break
      known.delete(oldest)
    }
    // A failed look-up must not be remembered.
    found.catch(() => known.delete(key))
    return await found
  }
}
