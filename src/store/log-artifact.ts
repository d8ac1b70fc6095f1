import { open, stat } from 'node:fs/promises'
import { asArtifactError, isMissing } from './artifact-errors.ts'

/** How a log artifact is made up: `head`, where something was dropped a line that says so, `tail`. */
export interface LogLayout {
  headBytes: number
  droppedBytes: number
  tailBytes: number
}

/** The line that stands in the place of dropped output. */
function gapMarker(droppedBytes: number): Uint8Array {
  return droppedBytes === 0 ? Buffer.alloc(0) : Buffer.from(`\n[commit-suite: ${droppedBytes} bytes dropped]\n`)
}

/** The bytes of the artifact, for what was captured of a stream. */
export function joinCaptured(captured: { head: Uint8Array; droppedBytes: number; tail: Uint8Array }): Uint8Array {
  if (captured.droppedBytes === 0 && captured.tail.byteLength === 0) return captured.head
  return Buffer.concat([captured.head, gapMarker(captured.droppedBytes), captured.tail])
}

/** Original bytes of the stream. */
export const streamBytes = (layout: LogLayout): number => layout.headBytes + layout.droppedBytes + layout.tailBytes

/**
 * Where in the artifact the original byte `offset` stands, and how many bytes follow up to the next break. Inside
 * the gap stands its marker; whoever has read it goes on behind the gap.
 */
function locate(layout: LogLayout, offset: number): { position: number; length: number; skip: number } {
  const { headBytes, droppedBytes } = layout
  const end = streamBytes(layout)
  if (offset < headBytes) return { position: offset, length: headBytes - offset, skip: 0 }
  const markerBytes = gapMarker(droppedBytes).byteLength
  const gapEnd = headBytes + droppedBytes
  if (offset < gapEnd) return { position: headBytes, length: markerBytes, skip: gapEnd - offset }
  return { position: headBytes + markerBytes + (offset - gapEnd), length: Math.max(0, end - offset), skip: 0 }
}

/** Reads from original `offset` on; the marker of the gap comes whole and counts as the bytes it stands for. */
export async function readLogArtifact(
  path: string,
  layout: LogLayout | undefined,
  offset: number,
  limitBytes: number,
): Promise<{ bytes: Uint8Array; next: number; complete: boolean } | undefined> {
  try {
    await using file = await open(path)
    const shape = layout ?? { headBytes: (await file.stat()).size, droppedBytes: 0, tailBytes: 0 }
    const end = streamBytes(shape)
    const parts: Uint8Array[] = []
    let next = offset
    let room = limitBytes
    while (next < end && room > 0) {
      const { position, length, skip } = locate(shape, next)
      const wanted = skip > 0 ? length : Math.min(length, room)
      const { bytesRead, buffer } = await file.read(Buffer.alloc(wanted), 0, wanted, position)
      if (bytesRead === 0) break
      parts.push(buffer.subarray(0, bytesRead))
      room -= bytesRead
      next += skip > 0 ? skip : bytesRead
    }
    const [only = Buffer.alloc(0)] = parts
    return { bytes: parts.length > 1 ? Buffer.concat(parts) : only, next, complete: next >= end }
  } catch (error) {
    if (isMissing(error)) return undefined
    throw asArtifactError(error, 'read', path)
  }
}

/** Size of an artifact without a gap, which is that of its stream; 0 where there is none. */
export async function logArtifactBytes(path: string): Promise<number> {
  try {
    return (await stat(path)).size
  } catch (error) {
    if (isMissing(error)) return 0
    throw asArtifactError(error, 'read', path)
  }
}
