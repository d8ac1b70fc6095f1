import { describe, expect, test } from 'vitest'
import type { SearchEvent } from '../../../src/contract/index.ts'
import { searchReport } from '../../../src/store/searches/report.ts'
import type { Store } from '../../../src/store/store.ts'
import { linearCommits, shaAt } from '../../support/recorded-search.ts'
import { rising, SearchOnRecord } from '../../support/search-on-record.ts'
import { runResult, suiteCommit, suiteSpec } from '../store/samples.ts'
import { temporaryStore } from '../store/temporary-store.ts'

// Searches decided on a real record, whose suites are put there as workers would.

async function begun(...given: Parameters<typeof SearchOnRecord.begin> extends [Store, ...infer R] ? R : never) {
  const { store } = await temporaryStore()
  return await SearchOnRecord.begin(store, ...given)
}

const reportOf = async ({ store, id }: SearchOnRecord) => {
  const search = await store.searches.get(id)
  if (search === undefined) throw new Error('not on record')
  return searchReport(search)
}
const rounds = async ({ store, id }: SearchOnRecord) =>
  (await store.searches.readEvents(id, 0, 1_000)).flatMap((event: SearchEvent) =>
    event.type === 'search.round' ? [event.data] : [],
  )

describe('a search', () => {
  test('finds the commit that broke a test that was flaky before', async () => {
    const search = await begun({ parallelism: 4 })
    expect(await search.play(rising(11, 0.2, 1))).toMatchObject({ done: true, answer: 'culprit', culprit: shaAt(11) })
    const report = await reportOf(search)
    expect(report).toMatchObject({ answer: 'culprit', culprit: { sha: shaAt(11), subject: 'Change 11' } })
    expect(report.culprit?.probability).toBeGreaterThanOrEqual(0.95)
    expect(report.rateFrom).toMatchObject({ failureRate: 1 })
    const runs = search.batches.reduce((sum, { seeds }) => sum + seeds.length, 0)
    expect(report.runs).toBe(runs)
    expect((report.rateBefore?.runs ?? 0) + (report.rateFrom?.runs ?? 0)).toBe(runs)
    expect(report.example?.run).toMatch(/^c-1-\d+-\d+\.0{10}[0-9a-f]{2}\.\d+$/)
    expect(report.next).toEqual([])
  })

  test('finds the commit from which on a test is flaky', async () => {
    const search = await begun({ parallelism: 8 })
    expect(await search.play(rising(5, 0, 0.5))).toMatchObject({ answer: 'culprit', culprit: shaAt(5) })
  })

  test('never runs a seed twice, at whatever commit, nor one that a suite of the repository has', async () => {
    const { store } = await temporaryStore()
    const first = await SearchOnRecord.begin(store, { id: 'c-first', seed: 5, parallelism: 4 })
    await first.play(rising(11, 0.1, 0.6))
    // Other commits of the same repository, by the same draw.
    const other = linearCommits(16).map((commit, position) => ({ ...commit, sha: shaAt(100 + position) }))
    const second = await SearchOnRecord.begin(store, { id: 'c-second', seed: 5, parallelism: 4 }, other)
    await second.play(rising(3, 0.1, 0.6))
    const seeds = [...first.batches, ...second.batches].flatMap((batch) => batch.seeds)
    expect(seeds.length).toBeGreaterThan(20)
    expect(new Set(seeds).size).toBe(seeds.length)
  })

  test('has as many runs in a round as it may have at once, and a suite of its own for each commit', async () => {
    const search = await begun({ parallelism: 6 })
    await search.play(rising(9, 0.1, 0.9))
    const byRound = Map.groupBy(search.batches, ({ suite }) => suite.split('-')[2])
    for (const batches of byRound.values()) {
      expect(batches.reduce((sum, { seeds }) => sum + seeds.length, 0)).toBe(6)
      expect(new Set(batches.map(({ sha }) => sha)).size).toBe(batches.length)
    }
    expect(new Set(search.batches.map(({ suite }) => suite)).size).toBe(search.batches.length)
  })

  test('tells of every round what ran, what is known and what runs next', async () => {
    const search = await begun({ parallelism: 4 })
    await search.play(rising(11, 0.2, 1))
    const told = await rounds(search)
    expect(told.map(({ round }) => round)).toEqual(told.map((_, index) => index))
    for (const [index, { ran, next }] of told.slice(1).entries()) {
      const planned = told[index]?.next.map(({ sha, runs }) => ({ sha, runs }))
      expect(ran.map(({ sha, runs }) => ({ sha, runs }))).toEqual(planned)
      expect(next.length > 0).toBe(index + 1 < told.length - 1)
    }
    const last = told.at(-1)
    expect(last?.candidates[0]).toMatchObject({ sha: shaAt(11) })
    expect(last?.plausible).toBe(1)
    expect(last?.entropyBits).toBeLessThan(told[0]?.entropyBits ?? 0)
  })

  test('answers the same when it is asked again, and puts nothing on record twice', async () => {
    const search = await begun({ parallelism: 4 })
    const first = await search.decide(0)
    expect(await search.decide(0)).toEqual(first)
    if (first.done) throw new Error('nothing is known yet')
    for (const batch of first.batches) await search.run(batch, rising(11, 0.2, 1))
    const [one, two] = await Promise.all([search.decide(1), search.decide(1)])
    expect(two).toEqual(one)
    expect(await search.store.searches.rounds('c-1')).toHaveLength(2)
    expect(await search.store.searches.lastSeq('c-1')).toBe(3)
  })

  test('that fell is no culprit', async () => {
    const search = await begun({ parallelism: 8 })
    expect(await search.play(rising(6, 0.9, 0.1))).toMatchObject({ answer: 'no-increase', culprit: null })
    const { decrease, culprit, rateBefore, rateFrom } = await reportOf(search)
    expect({ decrease, culprit }).toEqual({ decrease: true, culprit: null })
    expect(rateBefore?.failureRate).toBeGreaterThan(rateFrom?.failureRate ?? 1)
  })

  test('ends with no increase where nothing changed', async () => {
    const search = await begun({ parallelism: 8, minIncrease: 0.4 })
    expect(await search.play(rising(6, 0, 0))).toMatchObject({ answer: 'no-increase' })
    expect(await reportOf(search)).not.toHaveProperty('decrease')
  })
})

describe('earlier suites', () => {
  test('are evidence from the first decision on', async () => {
    const commits = linearCommits(16).map((commit) => ({
      ...commit,
      prior: { runs: 30, failures: commit.position < 7 ? 0 : 30 },
    }))
    const search = await begun({}, commits)
    expect(await search.decide(0)).toMatchObject({ done: true, answer: 'culprit', culprit: shaAt(7) })
    expect(await reportOf(search)).toMatchObject({ runs: 0, rounds: 0, historyRuns: 480, example: null })
  })
})

describe('a budget of runs', () => {
  test('is never passed, and the answer says what would be enough and where', async () => {
    const search = await begun({ parallelism: 4, maxRuns: 10 })
    expect(await search.play(rising(8, 0.1, 0.4))).toMatchObject({ answer: 'not-enough-evidence', culprit: null })
    expect(search.batches.reduce((sum, { seeds }) => sum + seeds.length, 0)).toBe(10)
    const { runsNeeded, next, posterior } = await reportOf(search)
    expect(runsNeeded).toBeGreaterThan(0)
    expect(next.reduce((sum, { runs }) => sum + runs, 0)).toBe(4)
    expect(posterior.length).toBeGreaterThan(1)
  })

  test('of time ends the search with the round that it cut, whose runs count nowhere', async () => {
    const search = await begun({ parallelism: 4 })
    const first = await search.decide(0)
    if (first.done) throw new Error('nothing is known yet')
    for (const batch of first.batches) await search.run(batch, () => 'failed')
    expect(await search.decide(1, [], true)).toMatchObject({ done: true, answer: 'not-enough-evidence' })
    const { runs, rateFrom, rateBefore } = await reportOf(search)
    expect(runs).toBe(4)
    expect([rateBefore?.runs, rateFrom?.runs]).toEqual([0, 0])
  })
})

describe('commits that cannot be tested', () => {
  test('are passed over for good, and the culprit among the others is found', async () => {
    const search = await begun({ parallelism: 4 })
    const broken = new Set([3, 4, 6, 9, 12])
    const behave = rising(11, 0, 1)
    const decision = await search.play((position, seed) =>
      broken.has(position) ? { untested: 'setup_failed' } : behave(position, seed),
    )
    expect(decision).toMatchObject({ answer: 'culprit', culprit: shaAt(11) })
    const tried = search.batches.map(({ sha }) => sha).filter((sha) => [...broken].map(shaAt).includes(sha))
    expect(new Set(tried).size).toBe(tried.length)
    const { skipped } = await reportOf(search)
    expect(skipped.map(({ sha }) => sha).toSorted()).toEqual(tried.toSorted())
  })

  test('beside the culprit leave the answer open, and say that more runs would not help', async () => {
    const search = await begun({ parallelism: 4 })
    const behave = rising(8, 0, 1)
    const decision = await search.play((position, seed) =>
      position === 7 ? { untested: 'setup_failed' } : behave(position, seed),
    )
    expect(decision).toMatchObject({ answer: 'not-enough-evidence', culprit: null })
    const { posterior, runsNeeded } = await reportOf(search)
    expect(
      posterior
        .slice(0, 2)
        .map(({ sha }) => sha)
        .toSorted(),
    ).toEqual([shaAt(7), shaAt(8)])
    expect(runsNeeded).toBeNull()
  })

  test('all of them, end the search with the reason', async () => {
    const search = await begun({ parallelism: 4 })
    await expect(search.play(() => ({ untested: 'setup_failed' }))).rejects.toMatchObject({
      type: 'setup_failed',
      nonRetryable: true,
      message: expect.stringMatching(/none of \d+ commits can be tested.*commit-suite show c-1-/),
    })
    expect(search.batches.length).toBeLessThanOrEqual(16)
  })
})

describe('runs that infrastructure lost', () => {
  test('count nowhere', async () => {
    const search = await begun({ parallelism: 8 })
    const behave = rising(5, 0, 1)
    const decision = await search.play((position, seed) => (seed % 3 === 0 ? 'error' : behave(position, seed)))
    expect(decision).toMatchObject({ answer: 'culprit', culprit: shaAt(5) })
    const { rateBefore, rateFrom, runs } = await reportOf(search)
    expect(rateBefore?.failures).toBe(0)
    expect(rateFrom?.failureRate).toBe(1)
    expect((rateBefore?.runs ?? 0) + (rateFrom?.runs ?? 0)).toBeLessThan(runs)
  })

  test('again and again end the search with the fault', async () => {
    const search = await begun({ parallelism: 2 })
    await expect(search.play(() => 'error')).rejects.toMatchObject({
      message: expect.stringMatching(/batches .* lost/),
    })
    expect(search.batches.length).toBeLessThanOrEqual(4)
  })

  test('with their suite are known by its fault', async () => {
    const search = await begun({ parallelism: 2, maxRuns: 4 })
    const first = await search.decide(0)
    if (first.done) throw new Error('nothing is known yet')
    const faults = first.batches.map(({ suite }) => ({ suite, code: 'fetch_failed', message: 'gone' }))
    await search.decide(1, faults)
    const [, told] = await rounds(search)
    expect(told?.ran.map(({ reason, runs }) => ({ reason, runs }))).toEqual(
      first.batches.map(() => ({ reason: 'fetch_failed', runs: 0 })),
    )
    expect((await reportOf(search)).skipped).toEqual([])
  })
})

describe('a single test', () => {
  test('is all that counts: runs without it tell nothing, and other failures are none', async () => {
    const search = await begun({ parallelism: 2, test: 'test_b', maxRuns: 4 })
    const first = await search.decide(0)
    if (first.done) throw new Error('nothing is known yet')
    for (const batch of first.batches) {
      await search.store.suites.create({
        ...{ spec: suiteSpec(batch.suite), requestDigest: 'digest', seeds: batch.seeds },
      })
      await search.store.suites.putCommits(batch.suite, [suiteCommit(0, batch.sha)])
      for (const [attempt, seed] of batch.seeds.entries()) {
        const key = { suite: batch.suite, sha: batch.sha, attempt, seed }
        const ran = ['test_a', 'test_b']
        const failed = [{ id: 'test_a', fingerprint: '0'.repeat(12), message: 'a' }]
        const tests = { ran, failed, failedBeyond: [], skipped: [], outsideTests: [], unreadable: [], order: [] }
        await search.store.results.record(runResult({ ...key, outcome: 'failed' }), tests)
      }
      const verdict = { verdict: 'failing', reason: null, failureRate: 1, interval: null } as const
      await search.store.suites.putVerdict(batch.suite, batch.sha, 0, {
        ...{ ...verdict, severity: 'critical', stoppedEarly: false },
      })
    }
    await search.decide(1)
    const [, told] = await rounds(search)
    expect(told?.ran.map(({ runs, failures, reason }) => ({ runs, failures, reason }))).toEqual(
      first.batches.map(({ seeds }) => ({ runs: seeds.length, failures: 0, reason: null })),
    )
  })

  test('that no report names is wrong input', async () => {
    const search = await begun({ parallelism: 4, test: 'test_b' })
    await expect(search.play(() => 'passed')).rejects.toMatchObject({
      ...{ code: 'invalid_input', detail: { field: 'test', value: 'test_b' } },
    })
  })

  test('that a commit does not have leaves it out', async () => {
    const search = await begun({ parallelism: 4, test: 'test_b' })
    const first = await search.decide(0)
    if (first.done) throw new Error('nothing is known yet')
    for (const batch of first.batches) await search.run(batch, () => 'failed')
    await search.decide(1)
    const { skipped } = await reportOf(search)
    expect(skipped).toEqual(first.batches.map(({ sha }) => ({ sha, reason: 'test_missing' })))
  })
})
