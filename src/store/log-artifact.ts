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

/** Where in the artifact the original byte `offset` stands; inside the gap stands its marker. */
function positionOf({ headBytes, droppedBytes }: LogLayout, offset: number): number {
  if (offset < headBytes) return offset
  const gapEnd = headBytes + droppedBytes
  if (offset < gapEnd) return headBytes
  return headBytes + gapMarker(droppedBytes).byteLength + offset - gapEnd
}

/** The original byte that stands at a place of the artifact; whoever has begun the marker goes on behind the gap. */
function offsetOf({ headBytes, droppedBytes }: LogLayout, position: number): number {
  if (position <= headBytes) return position
  const markerEnd = headBytes + gapMarker(droppedBytes).byteLength
  return headBytes + droppedBytes + Math.max(0, position - markerEnd)
}

/** Bytes of the artifact from a place on, and the size of all of it; undefined where there is none. */
type ReadPart = (position: number, limitBytes: number) => Promise<{ bytes: Uint8Array; sizeBytes: number } | undefined>

/** Reads from original `offset` on; the marker of the gap comes whole. */
export async function readLogArtifact(
  readPart: ReadPart,
  layout: LogLayout | undefined,
  offset: number,
  limitBytes: number,
): Promise<{ bytes: Uint8Array; next: number; complete: boolean } | undefined> {
  const { headBytes, droppedBytes } = layout ?? { headBytes: 0, droppedBytes: 0 }
  const start = layout === undefined ? offset : positionOf(layout, offset)
  const wantedEnd = start + limitBytes
  const markerEnd = headBytes + gapMarker(droppedBytes).byteLength
  const end = wantedEnd > headBytes && wantedEnd < markerEnd ? markerEnd : wantedEnd
  const part = await readPart(start, end - start)
  if (part === undefined) return undefined
  const readTo = start + part.bytes.byteLength
  const next = layout === undefined ? readTo : Math.max(offset, offsetOf(layout, readTo))
  return { bytes: part.bytes, next, complete: next >= (layout === undefined ? part.sizeBytes : streamBytes(layout)) }
}
