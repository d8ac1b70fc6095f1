import { setTimeout as delay } from 'node:timers/promises'
import type { CapturedStream, OutputChunk, StreamName } from '../../executor.ts'
import type { Ending } from '../runner/protocol.ts'
import { HeadReader, inPieces, readCaptured } from '../runner/spool-reader.ts'

const LOOK_MS = 250
const STREAMS: readonly StreamName[] = ['stdout', 'stderr']

async function passOn(readers: HeadReader[], onOutput: (chunk: OutputChunk) => Promise<void>): Promise<void> {
  for (const reader of readers) {
    for (let piece = await reader.next(); piece !== undefined; piece = await reader.next()) {
      await onOutput({ stream: reader.stream, ...piece })
    }
  }
}

/**
 * Hands the output on from offset 0 while the run goes on. Live are the bytes up to half of the cap; of what
 * comes after, only the end is kept, and it follows when the run has ended.
 */
export async function streamWhile<T>(
  workspace: string,
  ended: Promise<T>,
  onOutput: (chunk: OutputChunk) => Promise<void>,
): Promise<T> {
  const readers = STREAMS.map((stream) => new HeadReader(workspace, stream))
  const settled = new AbortController()
  const stop = (): void => settled.abort()
  ended.then(stop, stop)
  try {
    while (!settled.signal.aborted) {
      await delay(LOOK_MS, undefined, { signal: settled.signal }).then(
        () => passOn(readers, onOutput),
        () => undefined,
      )
    }
    const value = await ended
    await passOn(readers, onOutput)
    return value
  } finally {
    await Promise.all(readers.map((reader) => reader.close()))
  }
}

/** All that was kept, the ends of the streams handed on. */
export async function finishOutput(
  workspace: string,
  ending: Ending,
  capBytes: number,
  onOutput: (chunk: OutputChunk) => Promise<void>,
): Promise<{ stdout: CapturedStream; stderr: CapturedStream }> {
  const [stdout, stderr] = await Promise.all([
    readCaptured(workspace, 'stdout', ending.stdout, capBytes),
    readCaptured(workspace, 'stderr', ending.stderr, capBytes),
  ])
  for (const [stream, kept] of [['stdout', stdout] as const, ['stderr', stderr] as const]) {
    for (const piece of inPieces(kept.tail, kept.totalBytes - kept.tail.length)) await onOutput({ stream, ...piece })
  }
  return { stdout, stderr }
}
