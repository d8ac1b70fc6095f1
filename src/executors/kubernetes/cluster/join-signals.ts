/** One signal for several, which unlike `AbortSignal.any` leaves no listener behind once it is released. */
export interface JoinedSignal {
  signal: AbortSignal
  release(): void
}

export function joinSignals(...signals: (AbortSignal | undefined)[]): JoinedSignal {
  const joined = new AbortController()
  const sources = signals.filter((signal) => signal !== undefined)
  const abort = (event: Event): void => {
    if (event.target instanceof AbortSignal) joined.abort(event.target.reason)
  }
  for (const source of sources) {
    if (source.aborted) joined.abort(source.reason)
    else source.addEventListener('abort', abort, { once: true })
  }
  const release = (): void => {
    for (const source of sources) source.removeEventListener('abort', abort)
  }
  return { signal: joined.signal, release }
}
