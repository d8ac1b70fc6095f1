import { setTimeout as sleep } from 'node:timers/promises'
import type { Notification } from '../../contract/index.ts'
import { type CliContext, note } from '../context.ts'
import type { Site } from '../site/site.ts'
import { safeLine } from '../terminal-safe.ts'

const POLL_MS = 100
/** A build server that ends with this command takes what tells others along with it; who does not answer is not waited for. */
const LONGEST_WAIT_MS = 60_000

/** Waits a while until those are told of a suite's end who are to be, and says what became of it. */
export async function untilNotified(
  context: CliContext,
  site: Pick<Site, 'notifications'>,
  suite: string,
): Promise<void> {
  const endsAtMs = context.now() + LONGEST_WAIT_MS
  let all = await site.notifications(suite)
  while (all.some(isPending) && context.now() < endsAtMs) {
    await sleep(POLL_MS)
    all = await site.notifications(suite)
  }
  const last = Math.max(...all.map(({ extension }) => extension))
  for (const notification of all.filter(({ extension }) => extension === last)) note(context, lineOf(notification))
}

const isPending = ({ status }: Notification): boolean => status === 'pending'

function lineOf({ target, status, detail }: Notification): string {
  const why = safeLine(detail ?? '')
  switch (status) {
    case 'pending':
      return `${target} is not told yet; the worker goes on trying for a day`
    case 'sent':
      return `told ${target}: ${why}`
    case 'skipped':
      return `did not tell ${target}: ${why}`
    case 'failed':
      return `warning: ${target} could not be told: ${why}`
  }
}
