import type { ActivityDeps } from '../deps.ts'
import type { FiringEnding } from './api.ts'

const NOTHING = { flaky: 0, fixed: 0, tests: new Map() }

/** See `SweepActivities`. What its runs showed before stays with its suite, and counts as knowledge for the next firing. */
export async function endSweep({ store }: Pick<ActivityDeps, 'store'>, ending: FiringEnding): Promise<void> {
  const { firing, status } = ending
  if (ending.status === 'cancelled') return await store.sweeps.end(firing, { status, ...NOTHING })
  const { code, message } = ending.fault
  await store.sweeps.end(firing, { status, failure: `${code}: ${message}`, ...NOTHING })
}
