import type { IsolationStatus } from '../../src/contract/index.ts'
import { isolationReport } from '../../src/store/isolations/report.ts'
import type { ActivityDeps } from '../deps.ts'
import { isBadInput } from '../end-suite.ts'
import type { IsolationEnding } from './api.ts'

/** More than there are before the first answer. */
const MOST_SUITES = 100

/**
 * Forgets an isolation whose input was bad, and records how any other has ended. Clients of the network were told that
 * theirs is accepted and ask for it by its id, so its failure stays.
 */
export async function endIsolation(deps: Pick<ActivityDeps, 'store'>, ending: IsolationEnding): Promise<void> {
  const { isolation, status } = ending
  if (ending.status !== 'failed') return await finish(deps, isolation, status)
  const { code, message } = ending.fault
  const stored = await deps.store.isolations.get(isolation)
  // `isolation_conflict`: the record belongs to another request.
  if (stored === undefined || code === 'isolation_conflict') return
  const untouched = (stored.state?.questions ?? []).every(({ answer }) => answer === null)
  if (untouched && isBadInput(code) && stored.spec.network === undefined) return await forget(deps, isolation)
  await finish(deps, isolation, status, `${code}: ${message}`)
}

/** With the suites that were to tell an order. */
async function forget({ store }: Pick<ActivityDeps, 'store'>, isolation: string): Promise<void> {
  const suites = await store.suites.list({ partOf: `isolation/${isolation}`, limit: MOST_SUITES })
  for (const { id } of suites) await store.suites.remove(id)
  await store.isolations.remove(isolation)
}

async function finish(
  { store }: Pick<ActivityDeps, 'store'>,
  isolation: string,
  status: IsolationStatus,
  failure?: string,
): Promise<void> {
  const stored = await store.isolations.get(isolation)
  // Cancelled before it was admitted.
  if (stored === undefined) return
  const { answer, before } = await isolationReport(store, stored)
  const data = { status, answer, before, ...(failure === undefined ? {} : { failure }) }
  const event = { isolation, type: 'isolation.finished', ordinal: 0, data } as const
  await store.isolations.finish(isolation, status, event, failure)
}
