import type { SearchEvent, SearchEventData } from '../../contract/search-events.ts'

/** A round as it ended; round 0 is what is known before the first run. */
export type LoggedRound = SearchEventData<'search.round'> & { at: string }

/** What the events of a search have told so far. */
export interface SearchLog {
  /** Number of the newest event. */
  seq: number
  started: SearchEventData<'search.started'> | undefined
  rounds: readonly LoggedRound[]
  finished: SearchEventData<'search.finished'> | undefined
}

export const emptyLog = (): SearchLog => ({ seq: 0, started: undefined, rounds: [], finished: undefined })

/** The log with further events, in their order. */
export function withEvents(log: SearchLog, events: readonly SearchEvent[]): SearchLog {
  const next = { ...log, rounds: [...log.rounds] }
  for (const event of events) {
    next.seq = event.seq
    if (event.type === 'search.started') next.started = event.data
    if (event.type === 'search.round') next.rounds.push({ ...event.data, at: event.at })
    if (event.type === 'search.finished') next.finished = event.data
  }
  return next
}
