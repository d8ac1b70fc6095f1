import { expect } from 'vitest'
import type { RunResult } from '../../src/contract/index.ts'
import type { Store } from '../../src/store/store.ts'

const PAGE = 1000

/** Every run asked for has exactly one result and one end in the event log, whose numbers have no gap. */
export async function expectEveryRunOnce(store: Store, suite: string, runs: number): Promise<RunResult[]> {
  const commits = await store.suites.commits(suite, 0, PAGE)
  const results: RunResult[] = []
  for (const { sha } of commits) {
    const own = await store.results.list({ suite, sha, limit: PAGE })
    expect(own.map(({ attempt }) => attempt)).toEqual(Array.from({ length: runs }, (_, attempt) => attempt))
    results.push(...own)
  }
  const events = await store.events.read(suite, 0, 100_000)
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1))
  const ended = events.flatMap((event) => (event.type === 'run.finished' ? [event.data.run] : []))
  expect(ended).toHaveLength(commits.length * runs)
  expect(new Set(ended).size).toBe(ended.length)
  return results
}
