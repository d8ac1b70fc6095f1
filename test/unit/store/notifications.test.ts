import { expect, test, vi } from 'vitest'
import { storeWithSuite } from './temporary-store.ts'

// What became of telling others of the ends of a suite.

const key = { suite: 's-1', target: 'team', extension: 0 }

test('a notification begins once, and what became of it stays', async () => {
  const { store } = await storeWithSuite()
  await store.notifications.begin(key)
  expect(await store.notifications.countPending()).toBe(1)
  await store.notifications.end(key, 'sent', 'there')
  await store.notifications.begin(key)
  await store.notifications.begin({ ...key, extension: 1 })
  expect(await store.notifications.list('s-1')).toMatchObject([
    { target: 'team', extension: 0, status: 'sent', detail: 'there' },
    { target: 'team', extension: 1, status: 'pending', detail: null },
  ])
})

test('one that has lost its workflow is not waited for for ever', async () => {
  const { store } = await storeWithSuite()
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() - 3 * 24 * 3_600_000 })
  try {
    await store.notifications.begin(key)
    expect(await store.notifications.countPending()).toBe(1)
  } finally {
    vi.useRealTimers()
  }
  expect(await store.notifications.countPending()).toBe(0)
})

test('notifications go with their suite', async () => {
  const { store } = await storeWithSuite()
  await store.notifications.begin(key)
  await store.suites.remove('s-1')
  expect(await store.notifications.list('s-1')).toEqual([])
})
