import { expect, test } from 'vitest'
import { admitExtension } from '../../../activities/admit-extension.ts'
import { createSuiteMemory } from '../../../activities/suite-memory.ts'
import type { SuiteSpec } from '../../../src/contract/index.ts'
import { drawSeeds } from '../../../src/stats/seeds.ts'
import type { Store } from '../../../src/store/store.ts'
import { runResult, SHA, suiteCommit, suiteSpec } from '../store/samples.ts'
import { temporaryStore } from '../store/temporary-store.ts'

type Deps = Parameters<typeof admitExtension>[0]

async function admitted(fields: Partial<SuiteSpec> = {}, commits = 1, seeds?: number[]) {
  const { store } = await temporaryStore()
  const spec = suiteSpec('s-1', { runs: 3, ...fields })
  await store.suites.create({ spec, requestDigest: 'digest', seeds: seeds ?? drawSeeds(spec.seed ?? 1, spec.runs) })
  const shas = Array.from({ length: commits }, (_, at) => (at === 0 ? SHA : at.toString(16).padStart(40, '0')))
  await store.suites.putCommits(
    's-1',
    shas.map((sha, at) => suiteCommit(at, sha)),
  )
  return { store, deps: depsOf(store) }
}

/** Only what the admission of an extension uses. */
function depsOf(store: Store): Pick<Deps, 'store' | 'executors' | 'searchable'> {
  const executors = { of: async () => Promise.reject(new Error('an open suite is known to be possible here')) }
  return { store, executors, searchable: true }
}

const extend = (
  deps: Awaited<ReturnType<typeof admitted>>['deps'],
  extension: Parameters<typeof admitExtension>[1]['extension'],
) => admitExtension(deps, { suite: 's-1', extension })

test('new seeds are drawn on from the suite’s own, past those that were given in between', async () => {
  const { store, deps } = await admitted()
  const [, , , fourth = 0, fifth = 0, sixth = 0] = drawSeeds(7, 6)
  await extend(deps, { number: 1, seeds: [fourth, 99] })
  const { plan } = await extend(deps, { number: 2, runs: 2 })
  expect(plan).toMatchObject({ runs: 7, from: 5, extension: 2, errors: false, commits: 1 })
  expect(await store.suites.seeds('s-1', 0, 10)).toEqual([...drawSeeds(7, 3), fourth, 99, fifth, sixth])
})

test('an admission that is repeated has the same plan, whatever came after it', async () => {
  const { deps } = await admitted()
  const first = await extend(deps, { number: 1, runs: 2 })
  await extend(deps, { number: 2, runs: 4 })
  const again = await extend(deps, { number: 1, runs: 2 })
  expect(again.plan).toMatchObject({ from: first.plan.from, extension: 1, runs: 9 })
  await expect(extend(deps, { number: 1, runs: 3 })).rejects.toMatchObject({ code: 'extension_conflict' })
})

test('pauses are numbered on from those on record', async () => {
  const { store, deps } = await admitted()
  for (const [ordinal, type] of (['suite.paused', 'suite.resumed', 'suite.paused'] as const).entries()) {
    await store.events.append({ suite: 's-1', type, subject: 's-1', ordinal: ordinal + 1, data: {} })
  }
  expect((await extend(deps, { number: 1, runs: 1 })).pauses).toBe(3)
})

test.each([
  [{ runs: 3 }, 1, 99_998, /makes 100001 runs of each commit/],
  [{ runs: 101 }, 9_900, 1, /9900 commits make 1009800 runs/],
])('a suite of %j and %i commits cannot grow beyond the limits', async (spec, commits, runs, message) => {
  const { store, deps } = await admitted(spec, commits, [1])
  const refused = extend(deps, { number: 1, runs })
  await expect(refused).rejects.toMatchObject({ code: 'suite_too_large' })
  await expect(refused).rejects.toThrow(message)
  expect(await store.suites.get('s-1')).toMatchObject({ extensions: 0 })
})

test('a suite that never had commits is to be started again instead', async () => {
  const { deps } = await admitted({}, 0)
  await expect(extend(deps, { number: 1, runs: 1 })).rejects.toMatchObject({ code: 'suite_conflict' })
})

test('a worker that knew the last seeds of a suite finds those that an extension adds to them', async () => {
  const { store, deps } = await admitted()
  const memory = createSuiteMemory(store)
  const { createdAt = '' } = (await store.suites.get('s-1')) ?? {}
  expect(await memory.seed('s-1', createdAt, 2)).toBe(drawSeeds(7, 3)[2])
  await expect(memory.seed('s-1', createdAt, 3)).rejects.toMatchObject({ code: 'run_not_found' })
  await store.results.record(runResult())
  await extend(deps, { number: 1, runs: 1 })
  expect(await memory.seed('s-1', createdAt, 3)).toBe(drawSeeds(7, 4)[3])
})
