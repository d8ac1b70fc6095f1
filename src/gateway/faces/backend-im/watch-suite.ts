import { setTimeout as delay } from 'node:timers/promises'
import { type CommitSuiteError, isOpen, type SuiteEvent, suiteWorkflowId } from '../../../contract/index.ts'
import type { Face } from './face.ts'
import { knownFault } from './fault-message.ts'

const PAGE = 1_000
/** A store that is away for longer than this costs the reply, never the suite. */
const AWAY_MS = 120_000

export interface WatchedSuite {
  events: SuiteEvent[]
  /** Why the suite was refused before anything of it was on record. */
  failure: CommitSuiteError | undefined
}

/**
 * Follows a suite to its end. `onProgress` gets all its events so far, again and again: also where there are no new
 * ones, as its output may have grown. It is waited for, so that nothing piles up here.
 */
export async function watchSuite(
  face: Face,
  suite: string,
  signal: AbortSignal,
  onProgress: (events: readonly SuiteEvent[]) => Promise<void>,
): Promise<WatchedSuite> {
  const { store, control, times } = face
  const events: SuiteEvent[] = []
  for (;;) {
    signal.throwIfAborted()
    // The status is read before the events: once it says closed, the page after it is the last.
    const stored = await patiently(face, suite, signal, () => store.suites.get(suite))
    const page = await patiently(face, suite, signal, () => store.events.read(suite, events.at(-1)?.seq ?? 0, PAGE))
    events.push(...page)
    await onProgress(events)
    if (page.length === PAGE) continue
    if (stored !== undefined && !isOpen(stored.status)) return { events, failure: undefined }
    const failure =
      stored === undefined ? await patiently(face, suite, signal, () => control.failureOf(suite)) : undefined
    if (failure !== undefined) return { events, failure }
    await delay(times.pollMs, undefined, { signal })
  }
}

/** Asks again what a store or server that is away for a moment could not answer. */
async function patiently<T>(
  { times, log }: Face,
  suite: string,
  signal: AbortSignal,
  ask: () => Promise<T>,
): Promise<T> {
  const deadlineMs = performance.now() + AWAY_MS
  for (;;) {
    try {
      return await ask()
    } catch (error) {
      const known = knownFault(error)
      const passes = known?.retryable === true && known.code !== 'internal'
      if (!passes || performance.now() > deadlineMs) throw error
      log.warn({ suite, workflowId: suiteWorkflowId(suite), err: error }, 'a suite cannot be followed at the moment')
      await delay(10 * times.pollMs, undefined, { signal })
    }
  }
}
