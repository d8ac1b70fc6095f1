import { useEffect, useRef, useState } from 'preact/hooks'
import type { ApiError } from './api-error.ts'
import { type StreamState, tellState } from './connection.ts'
import { followEvents } from './follow-events.ts'
import { loginWhereNeeded } from './session.ts'

export interface Followed<S> {
  state: S
  stream: StreamState
  /** Why the gateway refuses to tell more. */
  refused: ApiError | undefined
  /** Asks again after an end: what ended may have been taken up again. */
  restart(): void
}

/** Screens gain nothing from more; a tab that nobody sees needs less. */
const REDRAW_MS = 100
const HIDDEN_REDRAW_MS = 1_000

/**
 * The state that the events of a stream lead to, kept up to date. Events are applied in batches: a page of thousands
 * costs one rendering. `initial` and `apply` are read once for each `path`.
 */
export function useEvents<S extends { seq: number }, T extends { seq: number }>(
  path: string,
  initial: () => S,
  apply: (state: S, events: readonly T[]) => S,
): Followed<S> {
  const [state, setState] = useState(initial)
  const [stream, setStream] = useState<StreamState>('connecting')
  const [refused, setRefused] = useState<ApiError>()
  const [round, setRound] = useState(0)
  const newest = useRef(state)
  useEffect(() => {
    const controller = new AbortController()
    const name = Symbol(path)
    let waiting: T[] = []
    let timer: ReturnType<typeof setTimeout> | undefined
    const flush = (): void => {
      timer = undefined
      newest.current = apply(newest.current, waiting)
      waiting = []
      setState(newest.current)
    }
    const onState = (next: StreamState): void => {
      setStream(next)
      tellState(name, next)
    }
    void followEvents<T>({
      path,
      after: newest.current.seq,
      signal: controller.signal,
      onState,
      onEvents(events) {
        waiting.push(...events)
        timer ??= setTimeout(flush, document.hidden ? HIDDEN_REDRAW_MS : REDRAW_MS)
      },
      onRefused(error) {
        onState('ended')
        if (!loginWhereNeeded(error)) setRefused(error)
      },
    })
    return () => {
      controller.abort()
      clearTimeout(timer)
      if (waiting.length > 0) flush()
      tellState(name, null)
    }
  }, [path, round])
  return { state, stream, refused, restart: () => setRound((before) => before + 1) }
}
