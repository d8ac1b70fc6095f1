import fc from 'fast-check'
import { expect, test } from 'vitest'
import { pausedEvent, runResult, SHA, suiteSpec } from './samples.ts'
import { storeWithSuite, temporaryStore } from './temporary-store.ts'

test('an event appended again keeps its number and leaves no gap', async () => {
  const { store } = await storeWithSuite()
  expect(await store.events.append(pausedEvent('s-1', 0))).toEqual({ seq: 1, appended: true })
  expect(await store.events.append(pausedEvent('s-1', 1))).toEqual({ seq: 2, appended: true })
  expect(await store.events.append(pausedEvent('s-1', 0))).toEqual({ seq: 1, appended: false })
  expect(await store.events.append(pausedEvent('s-1', 2))).toEqual({ seq: 3, appended: true })
  expect(await store.events.lastSeq('s-1')).toBe(3)
})

test('a reader gets what follows its cursor, in order, as it was written', async () => {
  const { store } = await storeWithSuite()
  for (let ordinal = 0; ordinal < 5; ordinal += 1) await store.events.append(pausedEvent('s-1', ordinal))
  const subject = 'line\u2028 "quoted" \u0000'
  await store.events.append({
    suite: 's-1',
    type: 'environment.step',
    subject: SHA,
    ordinal: 0,
    data: { sha: SHA, step: 'failed', message: subject },
  })
  const events = await store.events.read('s-1', 4, 10)
  expect(events).toMatchObject([
    { seq: 5, type: 'suite.paused', suite: 's-1', data: {} },
    { seq: 6, type: 'environment.step', data: { sha: SHA, step: 'failed', message: subject } },
  ])
  expect(events[0]?.at).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/)
  expect(await store.events.read('s-1', 1, 2)).toHaveLength(2)
  expect(await store.events.read('s-1', 6, 10)).toEqual([])
})

test('suites are numbered apart', async () => {
  const { store } = await storeWithSuite('s-1')
  await store.suites.create({ spec: suiteSpec('s-2'), requestDigest: 'digest', seeds: [1] })
  expect(await store.events.append(pausedEvent('s-1', 0))).toEqual({ seq: 1, appended: true })
  expect(await store.events.append(pausedEvent('s-2', 0))).toEqual({ seq: 1, appended: true })
})

test('an event of a suite that is not on record is refused', async () => {
  const { store } = await temporaryStore()
  await expect(store.events.append(pausedEvent('s-9', 0))).rejects.toMatchObject({ code: 'suite_not_found' })
  expect(await store.events.lastSeq('s-9')).toBe(0)
})

test('any order of appends and results with repetitions numbers the distinct ones 1 to N', async () => {
  const { store } = await temporaryStore()
  let suites = 0
  const step = fc.record({ kind: fc.constantFrom('event', 'result'), number: fc.nat(8) })
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
      suites += 1
      const suite = `s-${suites}`
      await store.suites.create({ spec: suiteSpec(suite), requestDigest: 'digest', seeds: [1] })
      await Promise.all(
        steps.map(({ kind, number }) =>
          kind === 'event'
            ? store.events.append(pausedEvent(suite, number))
            : store.results.record(runResult({ suite, attempt: number })),
        ),
      )
      const distinct = new Set(steps.map(({ kind, number }) => `${kind} ${number}`)).size
      const seqs = (await store.events.read(suite, 0, 1_000)).map((event) => event.seq)
      expect(seqs).toEqual(Array.from({ length: distinct }, (_, index) => index + 1))
      expect(await store.events.lastSeq(suite)).toBe(distinct)
    }),
    { numRuns: 40, seed: 20_260_101 },
  )
})
