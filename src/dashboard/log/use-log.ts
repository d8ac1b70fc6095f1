import { useEffect, useState } from 'preact/hooks'
import type { ApiError } from '../api/api-error.ts'
import { type StreamState, tellState } from '../api/connection.ts'
import { loginWhereNeeded } from '../api/session.ts'
import { followLog } from './follow-log.ts'
import { LogLines } from './log-lines.ts'

export interface Log {
  lines: readonly string[]
  dropped: number
  stream: StreamState
  refused: ApiError | undefined
}

const REDRAW_MS = 100
const NOTHING: Log = { lines: [], dropped: 0, stream: 'connecting', refused: undefined }

/** One stream of a run as far as it has come. */
export function useLog(run: string, stream: 'stdout' | 'stderr', number: number | undefined): Log {
  const [log, setLog] = useState(NOTHING)
  useEffect(() => {
    const controller = new AbortController()
    const name = Symbol(stream)
    const text = new LogLines()
    let timer: ReturnType<typeof setTimeout> | undefined
    const show = (): void => {
      timer = undefined
      setLog((before) => ({ ...before, lines: [...text.lines], dropped: text.dropped }))
    }
    setLog(NOTHING)
    void followLog({
      ...{ run, stream, try: number, signal: controller.signal },
      onText(piece) {
        if (piece === '') return
        text.append(piece)
        timer ??= setTimeout(show, REDRAW_MS)
      },
      onState(state) {
        setLog((before) => ({ ...before, stream: state }))
        tellState(name, state)
      },
      onRefused(refused) {
        loginWhereNeeded(refused)
        tellState(name, null)
        setLog((before) => ({ ...before, stream: 'ended', refused }))
      },
    })
    return () => {
      controller.abort()
      clearTimeout(timer)
      tellState(name, null)
    }
  }, [run, stream, number])
  return log
}
