import type { Settings } from './options.ts'
import { noAnswer } from './unavailable.ts'

/**
 * The pieces of an answer as they come. Throws `Failure` where it breaks off, or brings nothing for too long; ends early
 * when the signal aborts.
 */
export async function* piecesOf(
  response: Response,
  settings: Settings,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  if (response.body === null) return
  const reader = response.body.getReader()
  try {
    for (;;) {
      const { done, value } = await nextPiece(reader, settings, signal)
      if (done || signal?.aborted === true) return
      yield value
    }
  } finally {
    // The connection of an answer that nobody reads to its end is closed.
    await reader.cancel().catch(() => undefined)
  }
}

type Reader = ReadableStreamDefaultReader<Uint8Array>

async function nextPiece(
  reader: Reader,
  settings: Settings,
  signal: AbortSignal | undefined,
): Promise<Awaited<ReturnType<Reader['read']>>> {
  const silence = Promise.withResolvers<never>()
  const { silenceMs } = settings
  const timer = setTimeout(() => silence.reject(new Error(`nothing came for ${silenceMs} ms`)), silenceMs)
  try {
    return await Promise.race([reader.read(), silence.promise])
  } catch (cause) {
    if (signal?.aborted === true) return { done: true, value: undefined }
    throw noAnswer(settings, cause)
  } finally {
    clearTimeout(timer)
  }
}
