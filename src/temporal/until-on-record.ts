import { setTimeout as sleep } from 'node:timers/promises'
import type { CommitSuiteError } from '../contract/index.ts'
import type { RecordReader } from '../store/store.ts'
import type { SuiteControl } from './suites.ts'

const POLL_MS = 50

/**
 * Waits until a suite that was only just asked for is on record; returns why where it was refused instead. Throws the
 * reason of the signal when that aborts first.
 */
export async function untilOnRecord(
  store: Pick<RecordReader, 'suites'>,
  control: Pick<SuiteControl, 'failureOf'>,
  suite: string,
  signal?: AbortSignal,
): Promise<CommitSuiteError | undefined> {
  return await untilKnown(store.suites, control, suite, signal)
}

/** The same for a search. */
export async function untilSearchOnRecord(
  store: Pick<RecordReader, 'searches'>,
  control: Pick<SuiteControl, 'searches'>,
  search: string,
  signal?: AbortSignal,
): Promise<CommitSuiteError | undefined> {
  return await untilKnown(store.searches, control.searches, search, signal)
}

/** The same for an isolation. */
export async function untilIsolationOnRecord(
  store: Pick<RecordReader, 'isolations'>,
  control: Pick<SuiteControl, 'isolations'>,
  isolation: string,
  signal?: AbortSignal,
): Promise<CommitSuiteError | undefined> {
  return await untilKnown(store.isolations, control.isolations, isolation, signal)
}

async function untilKnown(
  record: { get(id: string): Promise<unknown> },
  control: Pick<SuiteControl, 'failureOf'>,
  id: string,
  signal: AbortSignal | undefined,
): Promise<CommitSuiteError | undefined> {
  while ((await record.get(id)) === undefined) {
    const refusal = await control.failureOf(id)
    if (refusal !== undefined) return refusal
    signal?.throwIfAborted()
    await sleep(POLL_MS)
  }
  return undefined
}
