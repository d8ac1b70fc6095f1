import { useEffect, useRef, useState } from 'preact/hooks'
import { type ApiError, asApiError } from './api-error.ts'
import { tellState } from './connection.ts'
import { loginWhereNeeded } from './session.ts'

export interface Resource<T> {
  /** The newest answer; stays while it is asked for again. */
  data: T | undefined
  error: ApiError | undefined
  isLoading: boolean
  reload(): void
}

interface ResourceOptions {
  /** Asks again and again while the page can be seen. */
  everyMs?: number
  /** Asks again when it changes, and keeps what is known until then. */
  version?: number
}

/**
 * What `load` answers, asked again whenever one of `inputs` changes, which drops what is known. An answer to older inputs is dropped.
 */
export function useResource<T>(
  load: (signal: AbortSignal) => Promise<T>,
  inputs: readonly (string | number | boolean | null | undefined)[],
  { everyMs, version = 0 }: ResourceOptions = {},
): Resource<T> {
  const [state, setState] = useState<Omit<Resource<T>, 'reload'>>({
    data: undefined,
    error: undefined,
    isLoading: true,
  })
  const [round, setRound] = useState(0)
  const known = useRef('')
  const key = JSON.stringify(inputs)
  useEffect(() => {
    const controller = new AbortController()
    const isOther = known.current !== key
    known.current = key
    setState((before) => ({ ...before, ...(isOther ? { data: undefined } : {}), isLoading: true }))
    load(controller.signal).then(
      (data) => {
        if (!controller.signal.aborted) setState({ data, error: undefined, isLoading: false })
      },
      (thrown: unknown) => {
        if (controller.signal.aborted) return
        const error = asApiError(thrown)
        loginWhereNeeded(error)
        setState((before) => ({ ...before, error, isLoading: false }))
      },
    )
    return () => controller.abort()
  }, [key, round, version])
  const reload = (): void => setRound((before) => before + 1)
  useEffect(() => {
    if (everyMs === undefined) return
    const timer = setInterval(() => {
      if (!document.hidden) reload()
    }, everyMs)
    return () => clearInterval(timer)
  }, [everyMs])
  useTold(everyMs !== undefined && state.data !== undefined && state.error?.status === 0)
  return { ...state, reload }
}

/** What is asked for again and again, and gets no answer, is a lost connection. */
function useTold(isLost: boolean): void {
  const stream = useRef(Symbol('resource'))
  useEffect(() => {
    tellState(stream.current, isLost ? 'retrying' : null)
    return () => tellState(stream.current, null)
  }, [isLost])
}
