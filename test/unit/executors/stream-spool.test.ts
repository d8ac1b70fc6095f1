import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WORKSPACE_FILES } from '../../../src/executors/local/runner/protocol.ts'
import { HeadReader, readCaptured } from '../../../src/executors/local/runner/spool-reader.ts'
import { StreamSpool } from '../../../src/executors/local/runner/stream-spool.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cs-spool-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('a spool keeps exactly the first and the last bytes of a stream, however it is cut into writes', async () => {
  const writes = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 12 })
  let count = 0
  await fc.assert(
    fc.asyncProperty(writes, fc.integer({ min: 1, max: 60 }), async (pieces, capBytes) => {
      const workspace = mkdtempSync(join(folder, `${count++}-`))
      const path = (kind: 'head' | 'tail') => join(workspace, WORKSPACE_FILES[kind]('stdout'))
      const spool = new StreamSpool(path('head'), path('tail'), capBytes)
      for (const piece of pieces) spool.write(Buffer.from(piece))
      spool.close()
      const all = Buffer.concat(pieces)
      const kept = await readCaptured(workspace, 'stdout', spool.sizes(), capBytes)
      const head = all.subarray(0, Math.ceil(capBytes / 2))
      const tail = all.subarray(Math.max(head.length, all.length - Math.floor(capBytes / 2)))
      expect([...kept.head]).toEqual([...head])
      expect([...kept.tail]).toEqual([...tail])
      expect(kept.totalBytes).toBe(all.length)
      expect(kept.droppedBytes).toBe(all.length - head.length - tail.length)
    }),
    { seed: 7, numRuns: 150 },
  )
})

test('a reader follows a growing stream without repeating a byte', async () => {
  const workspace = mkdtempSync(join(folder, 'live-'))
  const spool = new StreamSpool(
    join(workspace, WORKSPACE_FILES.head('stderr')),
    join(workspace, WORKSPACE_FILES.tail('stderr')),
    1_000,
  )
  const reader = new HeadReader(workspace, 'stderr')
  expect(await reader.next()).toBeUndefined()
  spool.write(Buffer.from('one'))
  expect(await reader.next()).toEqual({ offset: 0, bytes: Buffer.from('one') })
  expect(await reader.next()).toBeUndefined()
  spool.write(Buffer.from('two'))
  expect(await reader.next()).toEqual({ offset: 3, bytes: Buffer.from('two') })
  await reader.close()
  spool.close()
})
