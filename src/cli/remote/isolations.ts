import { z } from 'zod'
import type { Client } from '../../client/client.ts'
import { CommitSuiteError } from '../../contract/index.ts'
import type { NamedIsolation, StartedIsolation } from '../../temporal/isolations.ts'
import type { IsolationSteering, Isolations } from '../site/site.ts'

/** No event has a number that high: the stream brings none, and ends with the isolation. */
const BEYOND_ALL = Number.MAX_SAFE_INTEGER
const secretNamesSchema = z.object({ secretEnv: z.array(z.string()).default([]) })

/** Isolations behind a gateway. */
export const remoteIsolations = (client: Client): Isolations => ({
  async get(id) {
    try {
      const { status, request } = await client.getIsolation({ params: { isolation: id } })
      return { id, status, secretEnv: secretNamesSchema.parse(request).secretEnv }
    } catch (error) {
      if (isUnknown(error)) return undefined
      throw error
    }
  },
  async newestOpen() {
    const { isolations } = await client.listIsolations({ query: { status: 'queued,running', limit: 1 } })
    return isolations[0]?.isolation
  },
  async report(id) {
    const { request: _, lastEvent: __, ...report } = await client.getIsolation({ params: { isolation: id } })
    return report
  },
  follow: (id, { after, signal }) => client.isolationEventBatches(id, { after, signal }),
  async untilEnded(id) {
    for await (const _ of client.isolationEventBatches(id, { after: BEYOND_ALL })) {
      // Nothing comes.
    }
  },
})

/** An id that can be none of an isolation is refused as such. */
const isUnknown = (error: unknown): boolean => error instanceof CommitSuiteError && error.code === 'isolation_not_found'

export const remoteIsolationControl = (client: Client): IsolationSteering => ({
  start: (request) => start(client, request),
  cancel: async (isolation) => void (await client.cancelIsolation({ params: { isolation } })),
  // What it refuses it says at the start.
  failureOf: async () => undefined,
  untilOnRecord: async () => undefined,
})

/** As with suites: asked again, the gateway waits for the admission of what it has accepted, or says why it was refused. */
async function start(client: Client, { network: _, ...body }: NamedIsolation): Promise<StartedIsolation> {
  const started = await client.startIsolation({ body })
  const isOnRecord = async () => (await remoteIsolations(client).get(started.isolation)) !== undefined
  for (let now = started; now.status === 'queued' && !(await isOnRecord()); ) {
    now = await client.startIsolation({ body })
  }
  return started
}
