import { afterEach, beforeEach, expect, test } from 'vitest'
import { followEvents } from '../../../src/cli/progress/follow.ts'
import type { Store } from '../../../src/store/store.ts'
import { endSuite, realStore, recordSuite } from './fixture.ts'

let real: Awaited<ReturnType<typeof realStore>>
beforeEach(async () => {
  real = await realStore()
})
afterEach(() => real.close())

const extension = { number: 1, seeds: [9], requestDigest: 'digest', errors: false }

async function typesSeen(store: Store, suite: string, after = 0): Promise<string[]> {
  const types: string[] = []
  for await (const page of followEvents(store, suite, { after })) types.push(...page.map(({ type }) => type))
  return types
}

test('a follower of a suite that is extended between its look at the status and at the events goes on', async () => {
  const { id } = await recordSuite(real.store, ['passed'])
  await endSuite(real.store, id, 'completed')
  let looks = 0
  const get: Store['suites']['get'] = async (suite) => {
    const stored = await real.store.suites.get(suite)
    looks += 1
    if (looks === 1) await real.store.suites.extend(suite, extension)
    if (looks === 2) {
      const data = { status: 'completed' } as const
      const event = { suite, type: 'suite.finished', subject: suite, ordinal: 1, data } as const
      await real.store.suites.setStatus(suite, 'completed', event)
    }
    return stored
  }
  const types = await typesSeen({ ...real.store, suites: { ...real.store.suites, get } }, id)
  expect(types.filter((type) => type.startsWith('suite.'))).toEqual([
    'suite.finished',
    'suite.started',
    'suite.finished',
  ])
})

test('a follower with the cursor of the first end sees only what the extension brought', async () => {
  const { id } = await recordSuite(real.store, ['passed'])
  await endSuite(real.store, id, 'completed')
  const after = await real.store.events.lastSeq(id)
  await real.store.suites.extend(id, extension)
  const data = { status: 'completed' } as const
  const event = { suite: id, type: 'suite.finished', subject: id, ordinal: 1, data } as const
  await real.store.suites.setStatus(id, 'completed', event)
  expect(await typesSeen(real.store, id, after)).toEqual(['suite.started', 'suite.finished'])
})
