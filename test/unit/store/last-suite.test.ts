import { expect, test } from 'vitest'
import { suiteSpec } from './samples.ts'
import { temporaryStore } from './temporary-store.ts'

test('the last suite of those whose ids begin the same', async () => {
  const { store } = await temporaryStore()
  for (const id of ['im-a-000002', 'im-a-000010', 'im-a-000001', 'im-ab-000099', 'im-b-000001', 'im-a']) {
    await store.suites.create({ spec: suiteSpec(id), requestDigest: 'digest', seeds: [1] })
  }
  expect((await store.suites.lastOf('im-a-'))?.id).toBe('im-a-000010')
  expect((await store.suites.lastOf('im-ab-'))?.id).toBe('im-ab-000099')
  expect(await store.suites.lastOf('im-c-')).toBeUndefined()
})
