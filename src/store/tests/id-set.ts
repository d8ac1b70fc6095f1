const CONTINUED = 0x80
const PAYLOAD = 0x7f
const PAYLOAD_BITS = 7

/**
 * A set of ids as bytes: in rising order, each as its distance from the one before, seven bits a byte with the least
 * significant first and the eighth set where more follow (LEB128). Tests that came together have ids next to each other
 * and take one byte each.
 *
 * @param ids whole numbers from 1 to 2³¹−1, rising, each once
 */
export function encodeIds(ids: readonly number[]): Uint8Array {
  const bytes: number[] = []
  let before = 0
  for (const id of ids) {
    let distance = id - before
    before = id
    while (distance > PAYLOAD) {
      bytes.push((distance & PAYLOAD) | CONTINUED)
      distance >>>= PAYLOAD_BITS
    }
    bytes.push(distance)
  }
  return Uint8Array.from(bytes)
}

export function decodeIds(bytes: Uint8Array): number[] {
  const ids: number[] = []
  let before = 0
  let distance = 0
  let shift = 0
  for (const byte of bytes) {
    distance |= (byte & PAYLOAD) << shift
    shift += PAYLOAD_BITS
    if ((byte & CONTINUED) !== 0) continue
    before += distance
    ids.push(before)
    distance = 0
    shift = 0
  }
  return ids
}
