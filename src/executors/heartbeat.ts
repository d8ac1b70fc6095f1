import type { ExecutionContext } from './executor.ts'

const BEAT_MS = 1_000
/** Each beat costs the server a write: beyond a hundred a second they come later, but often enough for their time-out. */
const MOST_BEATS_PER_MS = 0.1
const LONGEST_BEAT_MS = 2_000

let beating = 0

const beatMs = (): number => Math.min(LONGEST_BEAT_MS, Math.max(BEAT_MS, beating / MOST_BEATS_PER_MS))

/**
 * Heartbeats every second or, beside hundreds of others, every other until the work is done. Short work, which most
 * runs are, needs none.
 */
export async function whileBeating<T>(context: ExecutionContext, work: () => Promise<T>): Promise<T> {
  beating += 1
  const beat = (): void => {
    context.heartbeat()
    timer = setTimeout(beat, beatMs())
  }
  let timer = setTimeout(beat, beatMs())
  try {
    return await work()
  } finally {
    clearTimeout(timer)
    beating -= 1
  }
}
