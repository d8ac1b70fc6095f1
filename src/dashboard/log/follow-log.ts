import { type ApiError, asApiError, unreachable } from '../api/api-error.ts'
import type { StreamState } from '../api/connection.ts'
import { inPath, openStream, withQuery } from '../api/request.ts'

export interface LogOptions {
  run: string
  stream: 'stdout' | 'stderr'
  /** The newest unless given. */
  try?: number | undefined
  signal: AbortSignal
  onText(text: string): void
  onState(state: StreamState): void
  onRefused(error: ApiError): void
}

const PAUSE_MS = 1_000

/** Reads what a run wrote until all is there; a break is mended from the byte where it happened. */
export async function followLog(options: LogOptions): Promise<void> {
  const { run, stream, signal, onState, onRefused, onText } = options
  const decoder = new TextDecoder()
  let offset = 0
  while (!signal.aborted) {
    try {
      const query = { stream, follow: 1, try: options.try, offset: offset === 0 ? undefined : offset }
      const { body } = await openStream(withQuery(`/v1/runs/${inPath(run)}/log`, query), {}, signal)
      onState('live')
      const reader = body?.getReader()
      for (let read = await reader?.read(); read?.done === false; read = await reader?.read()) {
        offset += read.value.byteLength
        onText(decoder.decode(read.value, { stream: true }))
      }
      onText(decoder.decode())
      onState('ended')
      return
    } catch (thrown) {
      if (signal.aborted) return
      const error = thrown instanceof TypeError ? unreachable() : asApiError(thrown)
      if (error.status >= 400 && error.status < 500) {
        onRefused(error)
        return
      }
      onState('retrying')
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
    }
  }
}
