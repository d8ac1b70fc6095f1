import type { Client } from '../../client/client.ts'
import type { Sweeps } from '../site/site.ts'

/** Sweeps behind a gateway. */
export const remoteSweeps = (client: Client): Sweeps => ({
  create: ({ network: _, ...body }) => client.createSweep({ body }),
  list: async () => (await client.listSweeps()).sweeps,
  get: (sweep) => client.getSweep({ params: { sweep } }),
  change: (sweep, body) => client.changeSweep({ params: { sweep }, body }),
  trigger: (sweep) => client.triggerSweep({ params: { sweep } }),
  backfill: async (sweep, body) => void (await client.backfillSweep({ params: { sweep }, body })),
  delete: async (sweep) => void (await client.deleteSweep({ params: { sweep } })),
})
