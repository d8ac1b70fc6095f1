import { describe, expect, it } from 'vitest'
import { openWanted } from '../../../src/stats/isolation/isolation.ts'
import { beginOnRecord, isolationSpec, orderOf, recordIsolation } from '../../support/recorded-isolation.ts'
import { temporaryStore } from './temporary-store.ts'

describe('isolations on record', () => {
  it('are created once, whoever creates them again', async () => {
    const { store } = await temporaryStore()
    const first = await store.isolations.create({ spec: isolationSpec('i-1'), requestDigest: 'one' })
    const again = await store.isolations.create({ spec: isolationSpec('i-1', { seed: 9 }), requestDigest: 'other' })
    expect(again).toEqual(first)
    expect(first).toMatchObject({ status: 'queued', runs: 0, launch: undefined, state: undefined })
    expect(await store.isolations.get('nope')).toBeUndefined()
  })

  it('are begun once, with their orders', async () => {
    const { store } = await temporaryStore()
    const state = await beginOnRecord(store, { id: 'i-1', before: 3 })
    await beginOnRecord(store, { id: 'i-1', before: 5 })
    expect(await store.isolations.get('i-1')).toMatchObject({ status: 'running', state, version: 1 })
    expect(await store.isolations.order('i-1', 'failing')).toEqual(orderOf(3))
    expect(await store.isolations.order('i-1', 'passing')).toBeUndefined()
    expect(await store.isolations.lastSeq('i-1')).toBe(1)
  })

  it('take one of two decisions that were made from the same state', async () => {
    const { store } = await temporaryStore()
    const state = await beginOnRecord(store, { id: 'i-1', before: 3 })
    const decision = { version: 1, runs: 4, example: null, learnt: {}, events: [] }
    expect(await store.isolations.decide('i-1', { ...decision, state: openWanted(state, 1) })).toBe(true)
    expect(await store.isolations.decide('i-1', { ...decision, state: openWanted(state, 2), runs: 9 })).toBe(false)
    expect(await store.isolations.get('i-1')).toMatchObject({ version: 2, runs: 4, state: openWanted(state, 1) })
  })

  it('give an order that a question told the name that its answer gives it, in the place of an older one', async () => {
    const { store } = await temporaryStore()
    const state = await beginOnRecord(store, { id: 'i-1', before: 3 })
    await store.isolations.learn('i-1', 7, orderOf(9, 'shuffled'))
    await store.isolations.learn('i-1', 7, orderOf(10, 'shuffled'))
    const decision = { state, runs: 0, example: null, events: [] }
    await store.isolations.decide('i-1', { ...decision, version: 1, learnt: { failing: 7 } })
    expect(await store.isolations.order('i-1', 'failing')).toEqual(orderOf(9, 'shuffled'))
    expect(await store.isolations.order('i-1', 'question-7')).toBeUndefined()
    await store.isolations.decide('i-1', { ...decision, version: 2, learnt: { failing: 8 } })
    expect(await store.isolations.order('i-1', 'failing')).toEqual(orderOf(9, 'shuffled'))
  })

  it('end once', async () => {
    const { store } = await temporaryStore()
    await recordIsolation(store, { id: 'i-1' })
    const ended = await store.isolations.get('i-1')
    const event = { isolation: 'i-1', type: 'isolation.finished', ordinal: 1 } as const
    const data = { status: 'cancelled' as const, answer: null, before: [] }
    await store.isolations.finish('i-1', 'cancelled', { ...event, data })
    expect(await store.isolations.get('i-1')).toEqual(ended)
    expect((await store.isolations.readEvents('i-1', 2, 10)).map(({ type }) => type)).toEqual(['isolation.finished'])
  })

  it('are listed newest first, in pages, by owner, repository and status', async () => {
    const { store } = await temporaryStore()
    for (const id of ['i-1', 'i-2', 'i-3']) await recordIsolation(store, { id, key: id === 'i-2' ? 'one' : null })
    await recordIsolation(store, { id: 'i-4', status: 'running', key: 'one' })
    const ids = async (query: object) => (await store.isolations.list({ limit: 10, ...query })).map(({ id }) => id)
    expect(new Set(await ids({}))).toEqual(new Set(['i-1', 'i-2', 'i-3', 'i-4']))
    const [first] = await store.isolations.list({ limit: 1 })
    const rest = await ids({ cursor: first?.id })
    expect([first?.id, ...rest]).toEqual(await ids({}))
    expect(await ids({ status: ['running'] })).toEqual(['i-4'])
    expect(new Set(await ids({ owner: { key: 'one', orNobodys: false } }))).toEqual(new Set(['i-2', 'i-4']))
    expect(await ids({ owner: { key: 'two', orNobodys: false } })).toEqual([])
    expect(await ids({ repo: '/elsewhere' })).toEqual([])
    expect(await store.isolations.countOpen('one')).toBe(1)
    await expect(ids({ cursor: 'nope' })).rejects.toMatchObject({ code: 'isolation_not_found' })
  })

  it('go with all that belongs to them', async () => {
    const { store } = await temporaryStore()
    await recordIsolation(store, { id: 'i-1' })
    await store.isolations.remove('i-1')
    expect(await store.isolations.get('i-1')).toBeUndefined()
    expect(await store.isolations.order('i-1', 'failing')).toBeUndefined()
    expect(await store.isolations.readEvents('i-1', 0, 10)).toEqual([])
  })
})
