import { setTimeout as sleep } from 'node:timers/promises'
import { parseSweepRequest, type ScheduledSweep } from '../../contract/index.ts'
import type { Store } from '../../store/store.ts'
import { sweepDocument, sweepSummary } from '../../store/sweeps/documents.ts'
import { type SweepControl, sweepNotFound } from '../../temporal/sweeps.ts'
import type { Sweeps } from '../site/site.ts'

const POLL_MS = 50
/** A schedule fires within a second; where it does not, the firing is behind another one, or its worker is busy. */
const FIRING_WITHIN_MS = 30_000

/** Sweeps of this machine's Temporal, with its record of what they did. */
export function ownSweeps(store: Store, control: SweepControl): Sweeps {
  const found = async (name: string): Promise<ScheduledSweep> => {
    const sweep = await control.get(name)
    if (sweep === undefined) throw sweepNotFound(name)
    return sweep
  }
  const fire = async (name: string, act: () => Promise<void>) => {
    const sweep = await found(name)
    const before = await store.sweeps.last(sweep.instance)
    const busy = (await store.sweeps.countOpen()) > 0
    const firedAt = new Date().toISOString()
    await act()
    // Before that the stack does not know that it is still needed.
    if (!busy) await untilFired(store, sweep, before?.at)
    return { sweep: name, firedAt }
  }
  return {
    async create(request) {
      const { sweep, joined } = await control.create(parseSweepRequest(request))
      return { ...(await sweepSummary(store, sweep)), joined, workers: 1 }
    },
    list: async () => await Promise.all((await control.list()).map((sweep) => sweepSummary(store, sweep))),
    get: async (name) => await sweepDocument(store, await found(name)),
    change: async (name, change) => await sweepSummary(store, await control.update(name, change)),
    trigger: (name) => fire(name, () => control.trigger(name)),
    backfill: (name, range) => fire(name, () => control.backfill(name, range)),
    delete: (name) => control.delete(name),
  }
}

async function untilFired({ sweeps }: Store, { instance }: ScheduledSweep, before: string | undefined): Promise<void> {
  const late = Date.now() + FIRING_WITHIN_MS
  while ((await sweeps.last(instance))?.at === before && Date.now() < late) await sleep(POLL_MS)
}
