import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Capture } from '../../../src/executors/kubernetes/capture.ts'

describe('a stream over several connections', () => {
  test('passes each byte on once and in order, however much of it is repeated', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 200 }), fc.array(fc.nat(200)), (all, starts) => {
        const capture = new Capture('stdout')
        const passed: number[] = []
        for (const start of [...starts, 0]) {
          const offset = Math.min(start, capture.offset)
          const chunk = capture.take(offset, all.subarray(offset, Math.min(all.length, offset + 37)))
          if (chunk !== undefined) passed.push(...chunk.bytes)
        }
        expect(passed).toEqual([...all.subarray(0, capture.offset)])
        expect(Buffer.from(capture.head)).toEqual(Buffer.from(all.subarray(0, capture.offset)))
      }),
    )
  })

  test('does not go on over a gap', () => {
    expect(() => new Capture('stderr').take(1, Buffer.from('x'))).toThrow(RangeError)
  })

  test('counts what was dropped between its head and its tail', () => {
    const capture = new Capture('stdout')
    capture.take(0, Buffer.from('head'))
    expect(capture.finish(100, Buffer.from('tail'))).toMatchObject({ totalBytes: 100, droppedBytes: 92 })
    // A runner that tells less than it sent is not believed.
    expect(capture.finish(1, new Uint8Array())).toMatchObject({ totalBytes: 4, droppedBytes: 0 })
  })
})
