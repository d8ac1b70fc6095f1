import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Frame, FrameParser, ProtocolError } from '../../../src/executors/kubernetes/in-pod/frames.ts'

const STATUS = {
  exitCode: null,
  signal: 9,
  timedOut: true,
  startedAtMs: 1_700_000_000_000,
  durationMs: 12,
  stdout: { totalBytes: 5 },
  stderr: { totalBytes: 0 },
  oomKills: 1,
  leftovers: 2,
}

const parsed = (...pieces: Uint8Array[]): Frame[] => {
  const parser = new FrameParser()
  return pieces.flatMap((piece) => [...parser.push(piece)])
}
const framed = (header: string, payload: Uint8Array = new Uint8Array()): Buffer =>
  Buffer.concat([Buffer.from(`${header}\n`), payload])

/** A frame and how `attach.sh` prints it. */
const bytes = fc.uint8Array({ maxLength: 300 })
const stream = fc.constantFrom('stdout' as const, 'stderr' as const)
const frame: fc.Arbitrary<{ printed: Buffer; frame: Frame }> = fc.oneof(
  fc.nat().map((atMs) => ({ printed: framed(`started ${atMs}`), frame: { type: 'started' as const, atMs } })),
  fc.tuple(stream, fc.nat(), bytes).map(([from, offset, payload]) => ({
    printed: framed(`${from === 'stdout' ? 'out' : 'err'} ${offset} ${payload.byteLength}`, payload),
    frame: { type: 'output' as const, stream: from, offset, bytes: payload },
  })),
  fc.tuple(stream, bytes).map(([from, payload]) => ({
    printed: framed(`${from === 'stdout' ? 'tail-out' : 'tail-err'} ${payload.byteLength}`, payload),
    frame: { type: 'tail' as const, stream: from, bytes: payload },
  })),
  fc.tuple(stream, bytes).map(([from, payload]) => ({
    printed: framed(`${from === 'stdout' ? 'recent-out' : 'recent-err'} ${payload.byteLength}`, payload),
    frame: { type: 'recent' as const, stream: from, bytes: payload },
  })),
  fc.constant({
    printed: framed(`status ${JSON.stringify(STATUS).length}`, Buffer.from(JSON.stringify(STATUS))),
    frame: { type: 'status' as const, status: STATUS },
  }),
  bytes.map((payload) => ({
    printed: framed(`archive ${payload.byteLength}`, payload),
    frame: { type: 'archive' as const, bytes: payload },
  })),
  fc.constant({ printed: framed('end'), frame: { type: 'end' as const } }),
)

/** With plain arrays for bytes, which compare whatever class holds them. */
const plain = (frames: Frame[]): unknown[] =>
  frames.map((each) => ('bytes' in each ? { ...each, bytes: [...each.bytes] } : each))

describe('frames of the runner in a pod', () => {
  it('come out as they were printed, however the connection cuts them', () => {
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 12 }), fc.array(fc.nat(4000), { maxLength: 40 }), (frames, cuts) => {
        const all = Buffer.concat(frames.map(({ printed }) => printed))
        const at = [0, ...cuts.filter((cut) => cut < all.byteLength).toSorted((a, b) => a - b), all.byteLength]
        const pieces = at.slice(1).map((end, i) => all.subarray(at[i], end))
        expect(plain(parsed(...pieces))).toEqual(plain(frames.map((each) => each.frame)))
      }),
    )
  })

  it('hold what a run printed, even where it looks like a frame', () => {
    const forged = Buffer.from('status 2\n{}end\n')
    expect(plain(parsed(framed(`out 0 ${forged.byteLength}`, forged), framed('end')))).toEqual([
      { type: 'output', stream: 'stdout', offset: 0, bytes: [...forged] },
      { type: 'end' },
    ])
  })

  it('name files with any byte in their names, without one that was cut off', () => {
    const list = Buffer.from('./a b\n2\0./-rf\0./sub/cut o')
    expect(parsed(framed(`files ${list.byteLength}`, list))).toEqual([{ type: 'files', names: ['a b\n2', '-rf'] }])
  })

  it.each([
    'out 5\n',
    'out 1 2 3\n',
    'end 1\n',
    'started\n',
    'out 0 -1\n',
    'out 0 1e3\n',
    'out 0 1048577\n',
    'archive 9999999999\n',
    'constructor 1\n',
    '\n',
    'status 2\n{}',
    'status 3\n{x}',
    'x'.repeat(100),
  ])('are refused where no runner of ours prints them: %j', (printed) => {
    expect(() => parsed(Buffer.from(printed))).toThrow(ProtocolError)
  })

  it('never make the parser fail in another way, or keep more than a line that does not end', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 20 }), (pieces) => {
        try {
          parsed(...pieces)
        } catch (error) {
          expect(error).toBeInstanceOf(ProtocolError)
        }
      }),
    )
  })
})
