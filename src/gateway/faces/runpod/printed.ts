import type { RunResult } from '../../../contract/index.ts'
import type { LogKey, RecordReader } from '../../../store/store.ts'
import { type Limits, shareRoom } from './budget.ts'
import { type Excerpt, keptBytes } from './excerpt.ts'
import type { PrintedRun } from './row.ts'

type Streams = Pick<RecordReader, 'logs' | 'artifacts'>

const READ_AT_ONCE = 8

/** What runs printed, no more of it read than can go into an answer of `room` bytes. */
export async function readPrinted(
  store: Streams,
  results: readonly RunResult[],
  { room, perStream }: { room: number; perStream: number },
): Promise<PrintedRun[]> {
  const sized = results.flatMap((result) =>
    (['stdout', 'stderr'] as const).map((stream) => ({ sizeBytes: sizeOf(result, stream), passed: hasPassed(result) })),
  )
  const limits = shareRoom(sized, room, perStream)
  const printed: PrintedRun[] = []
  for (let at = 0; at < results.length; at += READ_AT_ONCE) {
    printed.push(
      ...(await Promise.all(results.slice(at, at + READ_AT_ONCE).map((result) => readRun(store, result, limits)))),
    )
  }
  return printed
}

export const hasPassed = ({ outcome }: RunResult): boolean => outcome === 'passed'

async function readRun(store: Streams, result: RunResult, limits: Limits): Promise<PrintedRun> {
  const limit = hasPassed(result) ? limits.passed : limits.failed
  const [stdout, stderr] = await Promise.all([
    readStream(store, result, 'stdout', limit),
    readStream(store, result, 'stderr', limit),
  ])
  return { result, stdout, stderr }
}

const nameOf = (result: RunResult, stream: 'stdout' | 'stderr'): string => `${result.tries}.${stream}`

function sizeOf(result: RunResult, stream: 'stdout' | 'stderr'): number {
  return result.artifacts.find(({ name }) => name === nameOf(result, stream))?.sizeBytes ?? 0
}

const EMPTY = Buffer.alloc(0)

async function readStream(
  store: Streams,
  result: RunResult,
  stream: 'stdout' | 'stderr',
  limit: number,
): Promise<Excerpt> {
  const { suite, sha, attempt, generation } = result
  const runKey = { suite, sha, attempt, generation }
  const size = sizeOf(result, stream)
  if (size === 0) return { head: EMPTY, tail: EMPTY, sizeBytes: 0 }
  if (size <= limit) {
    const bytes = Buffer.from((await store.artifacts.get(runKey, nameOf(result, stream))) ?? EMPTY)
    return { head: bytes, tail: EMPTY, sizeBytes: bytes.byteLength }
  }
  return await readEnds(store, { ...runKey, try: result.tries, stream }, limit)
}

/** Offsets count the original bytes of the stream, also where the middle of it was never kept. */
async function readEnds({ logs }: Streams, key: LogKey, limit: number): Promise<Excerpt> {
  const keep = keptBytes(limit)
  const sizeBytes = await logs.nextOffset(key)
  const read = async (offset: number, bytes: number) =>
    bytes <= 0 ? EMPTY : Buffer.from((await logs.read(key, offset, bytes)).bytes).subarray(0, bytes)
  const head = await read(0, keep.head)
  const tail = await read(Math.max(head.byteLength, sizeBytes - keep.tail), keep.tail)
  return { head, tail, sizeBytes }
}
