import type { Retention } from '../../config.ts'
import type { Store } from '../store.ts'
import type { Expired } from './retention.ts'

const AT_ONCE = 100

export interface RetentionOptions {
  policy: Retention
  now: Date
  /** Only tells what would go, at most a batch of it. */
  dryRun?: boolean | undefined
  signal?: AbortSignal | undefined
}

/** What a policy would have removed, or has: a suite at a time, until the signal aborts. Open suites never are. */
export async function* applyRetention(
  { retention }: Pick<Store, 'retention'>,
  { policy, now, dryRun = false, signal }: RetentionOptions,
): AsyncGenerator<Expired> {
  const before = (ms: number | undefined) => (ms === undefined ? undefined : new Date(now.getTime() - ms).toISOString())
  const cutoffs = { resultsBefore: before(policy.resultsMs), logsBefore: before(policy.logsMs) }
  for (;;) {
    const batch = await retention.expired(cutoffs, AT_ONCE)
    let removed = 0
    for (const expired of batch) {
      if (signal?.aborted === true) return
      if (!dryRun && !(await retention.remove(expired))) continue
      removed++
      yield expired
    }
    if (dryRun || removed === 0) return
  }
}
