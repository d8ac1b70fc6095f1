const NOTE = '\n\nCut here, as GitHub shows no more than 1 MiB; `commit-suite report` has all of it.\n'

/**
 * As much of the pieces as fits: whole lines, the last of which then says that there is more.
 *
 * @param limitBytes of UTF-8
 */
export async function withinBytes(pieces: AsyncIterable<string>, limitBytes: number): Promise<string> {
  const room = limitBytes - Buffer.byteLength(NOTE)
  let text = ''
  for await (const piece of pieces) {
    text += piece
    if (Buffer.byteLength(text) <= limitBytes) continue
    const kept = Buffer.from(text).subarray(0, Math.max(0, room)).toString('utf8')
    const end = kept.lastIndexOf('\n')
    return room <= 0 || end < 0 ? '' : kept.slice(0, end) + NOTE
  }
  return text
}
