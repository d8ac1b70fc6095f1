import type { IsolationState } from '../../src/stats/isolation/state.ts'
import type { IsolationLaunch, StoredIsolation } from '../../src/store/isolations/isolation-store.ts'
import { isolationNotFound } from '../../src/store/isolations/not-found.ts'
import type { Store } from '../../src/store/store.ts'

/** An isolation that a workflow works for; it is on record, or the workflow would not have come this far. */
export async function findIsolation(store: Pick<Store, 'isolations'>, id: string): Promise<StoredIsolation> {
  const isolation = await store.isolations.get(id)
  if (isolation !== undefined) return isolation
  throw isolationNotFound(id)
}

export type BegunIsolation = StoredIsolation & { launch: IsolationLaunch; state: IsolationState }

/** The same once its commit is known. */
export async function findBegun(store: Pick<Store, 'isolations'>, id: string): Promise<BegunIsolation> {
  const { launch, state, ...isolation } = await findIsolation(store, id)
  if (launch === undefined || state === undefined) throw new Error(`isolation ${id} has not begun`)
  return { ...isolation, launch, state }
}
