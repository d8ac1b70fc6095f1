import { useEffect, useRef, useState } from 'preact/hooks'
import type { SuiteEvent } from '../../contract/events.ts'
import { isOpen } from '../../contract/suite-status.ts'
import { applyEvents } from '../../progress/apply-event.ts'
import { initialProgress, type SuiteProgress } from '../../progress/state.ts'
import { type Answer, getJson, inPath } from '../api/request.ts'
import { type Followed, useEvents } from '../api/use-events.ts'
import { type Resource, useResource } from '../api/use-resource.ts'

/** While a suite runs, its document is read again at most so often; at its end at once. */
const DOCUMENT_MS = 4_000

interface FollowedSuite {
  seq: number
  progress: SuiteProgress
  /** Ids of runs that were made again by an extension, by the id of the first: what the matrix shows of them is new. */
  newest: ReadonlyMap<string, string>
}

function applyAll({ progress, newest }: FollowedSuite, events: readonly SuiteEvent[]): FollowedSuite {
  const again = events.flatMap((event) => (event.type === 'run.finished' ? [event.data.run] : [])).filter(isRepeated)
  const next = applyEvents(progress, events)
  if (again.length === 0) return { seq: next.seq, progress: next, newest }
  const merged = new Map([...newest, ...again.map((run): [string, string] => [run.replace(GENERATION, ''), run])])
  return { seq: next.seq, progress: next, newest: merged }
}

const GENERATION = /\.g\d+$/
const isRepeated = (run: string): boolean => GENERATION.test(run)

/** A suite as its events tell it, and its document, which has the tests. */
export function useSuite(suite: string): Followed<FollowedSuite> & { document: Resource<Answer<'getSuite'>> } {
  const path = `/v1/suites/${inPath(suite)}`
  const initial = (): FollowedSuite => ({ seq: 0, progress: initialProgress(suite), newest: new Map() })
  const followed = useEvents<FollowedSuite, SuiteEvent>(`${path}/events`, initial, applyAll)
  const { progress: state } = followed.state
  const isOver = !isOpen(state.status)
  const version = useLatestEvery(isOver ? 0 : DOCUMENT_MS, isOver ? -state.seq : state.finishedRuns)
  const document = useResource((signal) => getJson<Answer<'getSuite'>>(path, { signal }), [suite], { version })
  return { ...followed, document }
}

/** A value that moves at most once in a time, and to the newest then. */
function useLatestEvery(everyMs: number, value: number): number {
  const [latest, setLatest] = useState(value)
  const newest = useRef(value)
  newest.current = value
  const isBehind = value !== latest
  useEffect(() => {
    if (!isBehind) return
    // The first change sets the clock; those after it are seen once it has run out.
    const timer = setTimeout(() => setLatest(newest.current), everyMs)
    return () => clearTimeout(timer)
  }, [isBehind, latest, everyMs])
  return latest
}
