import { expect, test } from 'vitest'
import type { LogKey } from '../../../src/store/store.ts'
import { runResult, SHA } from './samples.ts'
import { storeWithSuite, temporaryStore } from './temporary-store.ts'

const key: LogKey = { suite: 's-1', sha: SHA, attempt: 0, generation: 0, try: 1, stream: 'stdout' }
const text = (words: string) => Buffer.from(words)
const whole = (words: string) => ({ head: text(words), droppedBytes: 0, tail: Buffer.alloc(0) })

test('pieces already on record and pieces that would leave a gap are dropped', async () => {
  const { store } = await storeWithSuite()
  expect(await store.logs.nextOffset(key)).toBe(0)
  expect(await store.logs.append(key, 0, text('hello '))).toBe(6)
  expect(await store.logs.append(key, 0, text('HELLO '))).toBe(6)
  expect(await store.logs.append(key, 9, text('later'))).toBe(6)
  expect(await store.logs.append(key, 3, text('lo world'))).toBe(11)
  expect(await store.logs.append(key, 11, text(''))).toBe(11)
  expect(await store.logs.nextOffset(key)).toBe(11)
  expect(await store.logs.read(key, 0, 100)).toMatchObject({ bytes: text('hello world'), next: 11, complete: false })
})

test('streams, tries and generations are kept apart', async () => {
  const { store } = await storeWithSuite()
  await store.logs.append(key, 0, text('out'))
  await store.logs.append({ ...key, stream: 'stderr' }, 0, text('err'))
  await store.logs.append({ ...key, try: 2 }, 0, text('second'))
  await store.logs.append({ ...key, generation: 1 }, 0, text('extended'))
  const read = async (fields: Partial<LogKey>) =>
    Buffer.from((await store.logs.read({ ...key, ...fields }, 0, 100)).bytes).toString()
  expect([
    await read({}),
    await read({ stream: 'stderr' }),
    await read({ try: 2 }),
    await read({ generation: 1 }),
  ]).toEqual(['out', 'err', 'second', 'extended'])
})

test('live output is read in pages from any offset', async () => {
  const { store } = await storeWithSuite()
  for (const [index, piece] of ['abc', 'def', 'ghi'].entries()) await store.logs.append(key, index * 3, text(piece))
  expect(await store.logs.read(key, 1, 4)).toMatchObject({ bytes: text('bcde'), next: 5 })
  expect(await store.logs.read(key, 5, 4)).toMatchObject({ bytes: text('fghi'), next: 9 })
  expect(await store.logs.read(key, 9, 4)).toMatchObject({ next: 9, complete: false })
})

test('after compaction the artifact is read with the same offsets, byte for byte', async () => {
  const { store } = await storeWithSuite()
  const bytes = Uint8Array.from({ length: 1_000 }, (_, index) => (index * 7) % 256)
  await store.logs.append(key, 0, bytes.subarray(0, 600))
  const ref = await store.logs.compact(key, { head: bytes, droppedBytes: 0, tail: Buffer.alloc(0) })
  expect(ref).toEqual({ name: '1.stdout', sizeBytes: 1_000 })
  const first = await store.logs.read(key, 590, 20)
  expect(first).toMatchObject({ next: 610, complete: false })
  expect(Buffer.from(first.bytes)).toEqual(Buffer.from(bytes.subarray(590, 610)))
  const rest = await store.logs.read(key, 610, 10_000)
  expect(Buffer.from(rest.bytes)).toEqual(Buffer.from(bytes.subarray(610)))
  expect(rest).toMatchObject({ next: 1_000, complete: true })
  expect(await store.logs.append(key, 600, text('a straggler'))).toBe(1_000)
  expect(await store.logs.nextOffset(key)).toBe(1_000)
})

test('output that was never live is stored as an artifact alone', async () => {
  const { store, listArtifacts } = await storeWithSuite()
  expect(await store.logs.compact(key, whole('all of it\n'))).toEqual({ name: '1.stdout', sizeBytes: 10 })
  expect(await store.logs.read(key, 0, 100)).toMatchObject({ bytes: text('all of it\n'), next: 10, complete: true })
  expect(await store.logs.nextOffset(key)).toBe(10)
  expect(await listArtifacts()).toEqual([`s-1/${SHA.slice(0, 12)}/0/1.stdout`])
})

test('dropped output is marked, and offsets behind the gap stay those of the original', async () => {
  const { store } = await storeWithSuite()
  const captured = { head: text('HEAD'), droppedBytes: 1_000, tail: text('TAIL') }
  const marker = '\n[commit-suite: 1000 bytes dropped]\n'
  const ref = await store.logs.compact(key, captured)
  expect(ref).toEqual({ name: '1.stdout', sizeBytes: 8 + marker.length })
  expect(Buffer.from((await store.artifacts.get(key, '1.stdout')) ?? []).toString()).toBe(`HEAD${marker}TAIL`)
  const read = async (offset: number, limit: number) => {
    const { bytes, next, complete } = await store.logs.read(key, offset, limit)
    return [Buffer.from(bytes).toString(), next, complete]
  }
  expect(await read(0, 10_000)).toEqual([`HEAD${marker}TAIL`, 1_008, true])
  expect(await read(0, 2)).toEqual(['HE', 2, false])
  expect(await read(2, 2)).toEqual(['AD', 4, false])
  expect(await read(4, 2)).toEqual([marker, 1_004, false])
  expect(await read(500, 100)).toEqual([`${marker}TAIL`, 1_008, true])
  expect(await read(1_006, 100)).toEqual(['IL', 1_008, true])
  expect(await read(5_000, 100)).toEqual(['', 5_000, true])
})

test('a stream without output leaves no artifact and is complete once the run has its result', async () => {
  const { store } = await storeWithSuite()
  expect(await store.logs.compact(key, whole(''))).toBeNull()
  expect(await store.logs.read(key, 0, 100)).toMatchObject({ next: 0, complete: false })
  await store.results.record(runResult())
  expect(await store.logs.read(key, 0, 100)).toMatchObject({ next: 0, complete: true })
})

test('compacting again gives the same artifact', async () => {
  const { store } = await storeWithSuite()
  await store.logs.append(key, 0, text('some'))
  const first = await store.logs.compact(key, whole('something'))
  expect(await store.logs.compact(key, whole('something'))).toEqual(first)
  expect(await store.logs.read(key, 0, 100)).toMatchObject({ bytes: text('something'), complete: true })
})

test('output after the result, or of a suite that is not on record, is not stored', async () => {
  const { store } = await storeWithSuite()
  await store.results.record(runResult())
  expect(await store.logs.append(key, 0, text('a straggler'))).toBe(0)
  const { store: empty } = await temporaryStore()
  await expect(empty.logs.append(key, 0, text('x'))).rejects.toMatchObject({ code: 'suite_not_found' })
})
