import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { shareRoom } from '../../../../src/gateway/faces/runpod/budget.ts'
import { keptBytes, textWithin } from '../../../../src/gateway/faces/runpod/excerpt.ts'

const whole = (text: string) => {
  const head = Buffer.from(text)
  return { head, tail: Buffer.alloc(0), sizeBytes: head.byteLength }
}

describe('the text of a stream', () => {
  it('is whole where it fits', () => {
    expect(textWithin(whole('all of it'), 9)).toBe('all of it')
  })

  it('keeps its beginning and its end where it does not, and says how much is gone', () => {
    const text = `${'a'.repeat(500)}${'b'.repeat(500)}`
    const cut = textWithin(whole(text), 100)
    expect(cut).toBe(`${'a'.repeat(18)}\n[commit-suite: 964 bytes cut]\n${'b'.repeat(18)}`)
    expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(100)
  })

  it('is cut between characters', () => {
    for (let limit = 70; limit < 90; limit++) {
      const cut = textWithin(whole('🙂é'.repeat(200)), limit)
      expect(cut).not.toContain('\ufffd')
      expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(limit)
    }
  })

  it('has replacement characters for what is no text', () => {
    const bytes = Buffer.from([0x61, 0xff, 0x62])
    expect(textWithin({ head: bytes, tail: Buffer.alloc(0), sizeBytes: 3 }, 10)).toBe('a\ufffdb')
  })

  it('can be cut again after only its ends were read', () => {
    const keep = keptBytes(200)
    const excerpt = { head: Buffer.alloc(keep.head, 'a'), tail: Buffer.alloc(keep.tail, 'b'), sizeBytes: 10_000 }
    expect(textWithin(excerpt, 200)).toBe(`${'a'.repeat(68)}\n[commit-suite: 9864 bytes cut]\n${'b'.repeat(68)}`)
    expect(textWithin(excerpt, 100)).toBe(`${'a'.repeat(18)}\n[commit-suite: 9964 bytes cut]\n${'b'.repeat(18)}`)
  })
})

describe('the room of an answer', () => {
  const streams = (passed: boolean, ...sizes: number[]) => sizes.map((sizeBytes) => ({ passed, sizeBytes }))

  it('is enough for all: nothing is cut but by its own limit', () => {
    expect(shareRoom([...streams(true, 50, 60), ...streams(false, 70)], 200, 64)).toEqual({ passed: 64, failed: 64 })
  })

  it('goes to what failed first, then to the smallest of what passed', () => {
    const limits = shareRoom([...streams(true, 10, 1000, 1000), ...streams(false, 300)], 500, 10_000)
    expect(limits).toEqual({ failed: 10_000, passed: 95 })
  })

  it('is shared by what failed where it does not suffice even for that', () => {
    expect(shareRoom([...streams(true, 10), ...streams(false, 100, 5000, 9000)], 1100, 10_000)).toEqual({
      failed: 500,
      passed: 0,
    })
  })

  it('is never overdrawn', () => {
    const stream = fc.record({ passed: fc.boolean(), sizeBytes: fc.nat(10_000) })
    fc.assert(
      fc.property(
        fc.array(stream, { maxLength: 50 }),
        fc.nat(100_000),
        fc.integer({ min: 1, max: 10_000 }),
        (all, room, most) => {
          const limits = shareRoom(all, room, most)
          const used = all.map((one) => Math.min(one.sizeBytes, one.passed ? limits.passed : limits.failed))
          expect(used.reduce((sum, bytes) => sum + bytes, 0)).toBeLessThanOrEqual(room)
        },
      ),
    )
  })
})
