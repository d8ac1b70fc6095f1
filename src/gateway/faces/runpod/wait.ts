import { setTimeout as delay } from 'node:timers/promises'
import type { RecordReader } from '../../../store/store.ts'
import { hasEnded } from './job-state.ts'

const POLL_MS = 200
const ADMISSION_POLL_MS = 20

/** Waits until a job has ended, the time is over, or nobody wants to know any more. */
export async function untilEnded(
  { suites }: Pick<RecordReader, 'suites'>,
  id: string,
  waitMs: number,
  signal: AbortSignal,
): Promise<void> {
  const isOver = async () => {
    const suite = await suites.get(id)
    return suite !== undefined && hasEnded(suite)
  }
  await poll(isOver, { waitMs, everyMs: POLL_MS, signal })
}

/** Waits until a job is on record or was refused, no longer than it takes where workers are there. */
export async function untilAdmitted(
  isKnown: () => Promise<boolean>,
  waitMs: number,
  signal: AbortSignal,
): Promise<void> {
  await poll(isKnown, { waitMs, everyMs: ADMISSION_POLL_MS, signal })
}

async function poll(
  holds: () => Promise<boolean>,
  { waitMs, everyMs, signal }: { waitMs: number; everyMs: number; signal: AbortSignal },
): Promise<void> {
  const end = performance.now() + waitMs
  while (!signal.aborted && performance.now() < end && !(await holds())) {
    await delay(everyMs, undefined, { signal }).catch(() => undefined)
  }
}
