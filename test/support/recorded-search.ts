import { parseSearchRequest, type SearchSpec, type SearchStanding, type SoundSearch } from '../../src/contract/index.ts'
import type { SearchCommit } from '../../src/store/searches/search-store.ts'
import type { Store } from '../../src/store/store.ts'

export const searchSpec = (id: string, fields: Partial<SoundSearch> = {}): SearchSpec => ({
  ...parseSearchRequest({ repo: '/repositories/one', command: { shell: 'make check' } }),
  ...fields,
  ...{ id, seed: fields.seed ?? 7, parallelism: fields.parallelism ?? 2 },
})

export const shaAt = (position: number): string => (position + 1).toString(16).padStart(12, '0').padEnd(40, '0')

/** A range without merges. */
export const linearCommits = (count: number): SearchCommit[] =>
  Array.from({ length: count }, (_, position) => ({
    ...{ position, sha: shaAt(position), subject: `Change ${position}`, author: 'A. Author' },
    ...{ committedAt: '2026-01-01T00:00:00Z', parents: position === 0 ? [] : [position - 1] },
    prior: { runs: 0, failures: 0 },
  }))

export const standing = (fields: Partial<SearchStanding> = {}): SearchStanding => ({
  ...{ answer: null, culprit: null, rateBefore: null, rateFrom: null, example: null },
  ...{ runs: 0, rounds: 0, skipped: [], noneProbability: 0.5, posterior: [], next: [] },
  ...fields,
})

export interface RecordedSearch {
  id: string
  status?: 'running' | 'completed'
  /** Name of the key that asked for it. */
  key?: string | null
}

/** Puts a search with its beginning, one decision and perhaps its end on record, as a worker would: 2 or 3 events. */
export async function recordSearch(store: Store, { id, status = 'completed', key }: RecordedSearch): Promise<void> {
  const spec = searchSpec(id, key === undefined ? {} : { network: { key } })
  await store.searches.create({ spec, requestDigest: 'digest' })
  const { repo, seed, parallelism } = spec
  const commits = linearCommits(3)
  const started = { repo, good: null, bad: shaAt(2), commits: 3, historyRuns: 0, parallelism, seed }
  await store.searches.begin(id, {
    ...{ spec, commits },
    event: { search: id, type: 'search.started', ordinal: 0, data: started },
  })
  const suspect = { sha: shaAt(1), subject: 'Change 1', probability: 0.97 }
  const known = { ran: [], runs: 0, candidates: [suspect], noneProbability: 0.02, entropyBits: 0.2, plausible: 1 }
  await store.searches.decide(id, {
    ...{ round: 0, outcomes: [], batches: undefined },
    standing: standing({ answer: 'culprit', culprit: suspect, posterior: [suspect], noneProbability: 0.02 }),
    event: { search: id, type: 'search.round', ordinal: 0, data: { round: 0, ...known, next: [] } },
  })
  if (status === 'completed') {
    const data = { status, answer: 'culprit', culprit: suspect } as const
    await store.searches.finish(id, status, { search: id, type: 'search.finished', ordinal: 0, data })
  }
}
