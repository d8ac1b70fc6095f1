import { setTimeout as delay } from 'node:timers/promises'
import { isOpen } from '../../src/contract/index.ts'
import type { Store } from '../../src/store/store.ts'
import { connectSuites } from '../../src/temporal/connect.ts'

const LOOK_EVERY_MS = 200

export interface SuitesAtOnce {
  /** Of the Temporal server. */
  address: string
  namespace: string
  store: Store
  ids: readonly string[]
  /** Of each of them. */
  request: { repo: string; command: { shell: string }; setup: null; runs: number; parallelism: number }
}

/** Asks for suites at once, as many people and schedules would, and waits for the last end; the wall time in ms. */
export async function suitesAtOnce({ address, namespace, store, ids, request }: SuitesAtOnce): Promise<number> {
  const control = await connectSuites({ address, namespace, store })
  try {
    const begunMs = Date.now()
    await Promise.all(ids.map((id) => control.start({ ...request, id })))
    for (let open = ids.length; open > 0; await delay(LOOK_EVERY_MS)) {
      const suites = await Promise.all(ids.map((id) => store.suites.get(id)))
      open = suites.filter((suite) => suite === undefined || isOpen(suite.status)).length
    }
    return Date.now() - begunMs
  } finally {
    await control.close()
  }
}
