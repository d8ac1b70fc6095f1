import { createHash } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import {
  CommitSuiteError,
  type ExecutorName,
  isOpen,
  type SessionRef,
  type SuiteRequest,
} from '../../../contract/index.ts'
import type { StoredSuite } from '../../../store/store.ts'
import type { Caller } from '../../auth/caller.ts'
import type { Face } from './face.ts'

const NUMBER_DIGITS = 6
const LONGEST_LABEL = 20
/** A suite is on record within seconds; one that somebody terminated before never is. */
const RECORD_WITHIN_MS = 120_000

/** What the ids of a session's suites begin with: readable, and of no other session. */
export function suitePrefix(executor: ExecutorName, { chat, user, key }: SessionRef): string {
  const label = chat.toLowerCase().replace(/[^a-z0-9]+/g, '-')
  const digest = createHash('sha256')
    .update(JSON.stringify([executor, chat, user, key]))
    .digest('hex')
  return `im-${label.slice(0, LONGEST_LABEL)}-${digest.slice(0, 8)}-`
}

const suiteId = (prefix: string, number: number): string => `${prefix}${String(number).padStart(NUMBER_DIGITS, '0')}`

export interface StartedSuite {
  suite: string
  /** The session's suite before this one. */
  before: StoredSuite | undefined
  /** RFC 3339; before its first event. */
  askedAt: string
}

/**
 * Starts the next suite of a session once the one before it has ended, whichever gateway started that, and also when
 * that gateway is gone.
 *
 * The suites of a session are numbered, and a number is taken by the workflow's id, which Temporal gives once: of two
 * gateways that find the last suite ended, one gets the next number and the other waits for that suite. So the rule
 * "one open suite per session" needs no lock that a crash could leave behind, and no table: the last suite is one
 * look at the primary key of the suites. A refused request leaves nothing on record, but its number stays taken.
 */
export async function startAlone(
  { store, control, executor, times, start }: Face,
  { session, caller }: { session: SessionRef; caller: Caller },
  request: SuiteRequest,
  signal: AbortSignal,
): Promise<StartedSuite> {
  const prefix = suitePrefix(executor, session)
  const unheard = new Map<string, number>()
  for (let refused = 0; ; ) {
    signal.throwIfAborted()
    const before = await store.suites.lastOf(prefix)
    if (before !== undefined && isOpen(before.status)) {
      await delay(times.pollMs, undefined, { signal })
      continue
    }
    const next = before === undefined ? 1 : Number(before.id.slice(prefix.length)) + 1
    const id = suiteId(prefix, Math.max(next, refused + 1))
    const askedAt = new Date().toISOString()
    try {
      await start(caller, { ...request, id })
      return { suite: id, before, askedAt }
    } catch (error) {
      if (!(error instanceof CommitSuiteError && error.code === 'suite_conflict')) throw error
    }
    // Another gateway's, which comes on record in a moment, or one that was refused or ended before it could.
    const missing = (await store.suites.get(id)) === undefined
    const sinceMs = unheard.get(id) ?? performance.now()
    unheard.set(id, sinceMs)
    const isLost = missing && performance.now() - sinceMs > RECORD_WITHIN_MS
    if (isLost || (missing && (await control.failureOf(id)) !== undefined)) refused = Number(id.slice(prefix.length))
    else await delay(times.pollMs, undefined, { signal })
  }
}
