import { expect, it } from 'vitest'
import { suiteSpec } from './samples.ts'
import { storeWithSuite } from './temporary-store.ts'

it('settling replaces the specification, and the seeds where others are given', async () => {
  const { store } = await storeWithSuite('s-1', [11, 22, 33])
  await store.suites.settle('s-1', suiteSpec('s-1', { runs: 3, command: { argv: ['true'] } }))
  expect((await store.suites.get('s-1'))?.spec.command).toEqual({ argv: ['true'] })
  expect(await store.suites.seeds('s-1', 0, 10)).toEqual([11, 22, 33])
  await store.suites.settle('s-1', suiteSpec('s-1', { runs: 2 }), [5, 4])
  expect(await store.suites.seeds('s-1', 0, 10)).toEqual([5, 4])
})
