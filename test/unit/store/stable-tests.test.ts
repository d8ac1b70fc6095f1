import { describe, expect, it } from 'vitest'
import type { RunTests } from '../../../src/contract/index.ts'
import { stableTests } from '../../../src/store/rules/stable-tests.ts'
import type { Store } from '../../../src/store/store.ts'
import { OTHER_SHA, runResult, runTests, SHA, suiteCommit, suiteSpec } from './samples.ts'
import { temporaryStore } from './temporary-store.ts'

/** What shows a rate below 1 % at 95 %. */
const NEEDED = 299

const passed = runTests(['a', 'b'])
const failed = runTests(['a', 'b'], { failed: [{ id: 'a', fingerprint: '0123456789ab', message: 'no' }] })

/** Records a suite of one commit, a run for each report, with seeds of its own unless `firstSeed` says otherwise. */
async function suite(
  store: Store,
  id: string,
  {
    sha,
    day,
    reports,
    firstSeed,
    spec = {},
  }: {
    sha: string
    day: number
    reports: (RunTests | 'timed_out')[]
    firstSeed?: number
    spec?: Parameters<typeof suiteSpec>[1]
  },
): Promise<void> {
  const first = firstSeed ?? 1_000 * day
  const seeds = reports.map((_, attempt) => first + attempt)
  await store.suites.create({ spec: suiteSpec(id, { runs: reports.length, ...spec }), requestDigest: id, seeds })
  const committedAt = `2026-01-${String(day).padStart(2, '0')}T00:00:00Z`
  await store.suites.putCommits(id, [suiteCommit(0, sha, { committedAt })])
  for (const [attempt, report] of reports.entries()) {
    const run = { suite: id, sha, attempt, seed: seeds[attempt] ?? 1, artifacts: [] }
    if (report === 'timed_out') await store.results.record(runResult({ ...run, outcome: 'timed_out' }), runTests(['b']))
    else await store.results.record(runResult(run), report)
  }
}

const times = <T>(count: number, report: T): T[] => Array<T>(count).fill(report)
const stable = async (store: Store, id: string, sha = SHA, below?: number) => [
  ...(await stableTests(store, { suite: id, sha, below }, ['a'])),
]

describe('a test may leave its quarantine', () => {
  it('after enough passes at its commit and those before it', async () => {
    const { store } = await temporaryStore()
    await suite(store, 'old', { sha: OTHER_SHA, day: 1, reports: [failed, ...times(200, passed)] })
    await suite(store, 'new', { sha: SHA, day: 2, reports: times(NEEDED - 201, passed) })
    expect(await stable(store, 'new')).toEqual([])
    await suite(store, 'more', { sha: SHA, day: 3, reports: [passed] })
    expect(await stable(store, 'more')).toEqual(['a'])
    expect(await stable(store, 'old', OTHER_SHA)).toEqual([])
  })

  it('not before as many have passed since its last failure', async () => {
    const { store } = await temporaryStore()
    await suite(store, 'old', { sha: OTHER_SHA, day: 1, reports: times(NEEDED, passed) })
    await suite(store, 'new', { sha: SHA, day: 2, reports: [passed, failed, ...times(NEEDED - 1, passed)] })
    expect(await stable(store, 'new')).toEqual([])
    expect(await stable(store, 'new', SHA, 1)).toEqual(['a'])
  })

  it('nor by commits that are newer, suites of other repositories, or seeds that passed there already', async () => {
    const { store } = await temporaryStore()
    const reports = times(NEEDED - 1, passed)
    await suite(store, 'one', { sha: SHA, day: 2, reports, firstSeed: 1 })
    await suite(store, 'again', { sha: SHA, day: 2, reports, firstSeed: 1 })
    await suite(store, 'newer', { sha: OTHER_SHA, day: 3, reports: [passed] })
    await suite(store, 'other', { sha: SHA, day: 1, reports, spec: { repo: '/repositories/two' } })
    expect(await stable(store, 'one')).toEqual([])
    const command = { shell: 'make other' }
    await suite(store, 'elsewhere', { sha: SHA, day: 2, reports: [passed], firstSeed: 1, spec: { command } })
    expect(await stable(store, 'one')).toEqual(['a'])
  })

  it('nor where a run that timed out may have done so by it', async () => {
    const { store } = await temporaryStore()
    await suite(store, 'one', { sha: SHA, day: 1, reports: [...times(NEEDED, passed), 'timed_out', passed] })
    expect(await stable(store, 'one')).toEqual([])
    expect([...(await stableTests(store, { suite: 'one', sha: SHA, below: undefined }, ['b']))]).toEqual(['b'])
  })
})
