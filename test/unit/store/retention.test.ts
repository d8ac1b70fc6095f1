import { expect, it } from 'vitest'
import type { Retention } from '../../../src/config.ts'
import { applyRetention } from '../../../src/store/retention/apply.ts'
import { retentionStore } from '../../../src/store/retention/retention.ts'
import type { Store } from '../../../src/store/store.ts'
import { recordSearch } from '../../support/recorded-search.ts'
import { play, sha } from './history-play.ts'
import { databaseOf, temporaryStore } from './temporary-store.ts'

const REPO = '/repositories/one'
const DAY_MS = 24 * 3_600_000
const keep = (results: number | undefined, logs?: number): Retention => ({
  resultsMs: results === undefined ? undefined : results * DAY_MS,
  logsMs: logs === undefined ? undefined : logs * DAY_MS,
})
/** As if so many days had passed. */
const inDays = (days: number): Date => new Date(Date.now() + days * DAY_MS)

async function apply(store: Store, policy: Retention, days: number, dryRun = false): Promise<string[]> {
  const removed: string[] = []
  for await (const { suite, what } of applyRetention(store, { policy, now: inDays(days), dryRun })) {
    removed.push(`${what} ${suite}`)
  }
  return removed.toSorted()
}

async function withLogs(store: Store, id: string, status: 'running' | 'completed' = 'completed'): Promise<void> {
  await play(store, { id, commits: { a: [{ seed: 1, tests: ['!one'] }] }, status })
  const run = { suite: id, sha: sha('a'), attempt: 0, generation: 0 }
  const log = { ...run, try: 1, stream: 'stdout' as const }
  await store.logs.append(log, 0, Buffer.from('live'))
  await store.artifacts.putBytes(run, 'report.xml', Buffer.from('<x/>'))
}

it('ended suites go when they are old enough, and their history stays', async () => {
  const { store } = await temporaryStore()
  await withLogs(store, 'old')
  await withLogs(store, 'open', 'running')
  expect(await apply(store, keep(90), 89)).toEqual([])
  expect(await apply(store, keep(90), 91, true)).toEqual(['suite old'])
  expect(await store.suites.get('old')).toBeDefined()
  expect(await apply(store, keep(90), 91)).toEqual(['suite old'])
  const run = { suite: 'old', sha: sha('a'), attempt: 0, generation: 0 }
  expect(await store.suites.get('old')).toBeUndefined()
  expect(await store.results.get(run)).toBeUndefined()
  expect(await store.events.read('old', 0, 10)).toEqual([])
  expect(await store.artifacts.get(run, 'report.xml')).toBeUndefined()
  expect(await store.history.test({ repo: REPO, test: 'one' })).toMatchObject({ runs: 1, failures: 1 })
  expect(await store.suites.get('open')).toMatchObject({ status: 'queued' })
  expect(await apply(store, keep(1, 1), 10_000)).toEqual([])
})

it('what was not counted yet is counted before it goes', async () => {
  const { store } = await temporaryStore()
  await play(store, { id: 'late', commits: { a: [{ seed: 1, tests: ['one'] }] }, status: 'running' })
  const event = { suite: 'late', type: 'suite.finished', subject: 'late', ordinal: 0 } as const
  await store.suites.setStatus('late', 'failed', { ...event, data: { status: 'failed' } })
  expect(await apply(store, keep(1), 2)).toEqual(['suite late'])
  expect(await store.history.test({ repo: REPO, test: 'one' })).toMatchObject({ runs: 1 })
})

it('logs and artifacts may go earlier than results, once', async () => {
  const { store } = await temporaryStore()
  await withLogs(store, 's-1')
  const run = { suite: 's-1', sha: sha('a'), attempt: 0, generation: 0 }
  expect(await apply(store, keep(undefined, 30), 31)).toEqual(['logs s-1'])
  expect(await apply(store, keep(undefined, 30), 31)).toEqual([])
  expect(await store.results.get(run)).toMatchObject({ outcome: 'failed', artifacts: [] })
  expect(await store.artifacts.get(run, 'report.xml')).toBeUndefined()
  const log = await store.logs.read({ ...run, try: 1, stream: 'stdout' }, 0, 100)
  expect(Buffer.from(log.bytes).toString()).toBe('')
  // New runs have new logs.
  await store.suites.extend('s-1', { number: 1, requestDigest: 'e', seeds: [2], errors: false })
  expect(await apply(store, keep(1, 1), 31)).toEqual([])
  const event = { suite: 's-1', type: 'suite.finished', subject: 's-1', ordinal: 1 } as const
  await store.suites.setStatus('s-1', 'completed', { ...event, data: { status: 'completed' } })
  expect(await apply(store, keep(90, 30), 31)).toEqual(['logs s-1'])
})

it('a removal of logs that failed half way is found again', async () => {
  const opened = await temporaryStore()
  const { store } = opened
  await withLogs(store, 's-1')
  const db = await databaseOf(opened)
  const removeSuite = () => Promise.reject(new Error('away'))
  const retention = retentionStore(db, { ...store.artifacts, removeSuite })
  await expect(retention.remove({ suite: 's-1', what: 'logs' })).rejects.toThrow('away')
  await db.destroy()
  expect(await apply(store, keep(undefined, 30), 31)).toEqual(['logs s-1'])
})

it('suites of an open search stay with it', async () => {
  const { store } = await temporaryStore()
  await recordSearch(store, { id: 'c-open', status: 'running' })
  const partOf = { kind: 'search', id: 'c-open', round: 1 } as const
  await play(store, { id: 'round', spec: { partOf }, commits: { a: [{ seed: 1, tests: ['one'] }] } })
  expect(await apply(store, keep(1, 1), 10)).toEqual([])
})

it('a suite that is being removed cannot be extended', async () => {
  const { store } = await temporaryStore()
  await play(store, { id: 's-1', commits: { a: [{ seed: 1, tests: ['one'] }] } })
  const going = store.retention.remove({ suite: 's-1', what: 'suite' })
  const extension = { number: 1, requestDigest: 'e', seeds: [2], errors: false }
  const outcomes = await Promise.allSettled([going, store.suites.extend('s-1', extension)])
  const [removal, extended] = outcomes.map(({ status }) => status)
  const left = await store.suites.get('s-1')
  // Whichever came first, the other one did nothing.
  if (extended === 'fulfilled') expect(left).toMatchObject({ status: 'running', extensions: 1 })
  else expect([removal, left]).toEqual(['fulfilled', undefined])
})
