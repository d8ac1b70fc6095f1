import { z } from 'zod'
import type { Client } from '../../client/client.ts'
import { CommitSuiteError } from '../../contract/index.ts'
import type { NamedSearch, StartedSearch } from '../../temporal/searches.ts'
import type { Searches, SearchSteering } from '../site/site.ts'

/** No event has a number that high: the stream brings none, and ends with the search. */
const BEYOND_ALL = Number.MAX_SAFE_INTEGER
const secretNamesSchema = z.object({ secretEnv: z.array(z.string()).default([]) })

/** Searches behind a gateway. */
export const remoteSearches = (client: Client): Searches => ({
  async get(id) {
    try {
      const { status, request } = await client.getSearch({ params: { search: id } })
      return { id, status, secretEnv: secretNamesSchema.parse(request).secretEnv }
    } catch (error) {
      if (isUnknown(error)) return undefined
      throw error
    }
  },
  async newestOpen() {
    const { searches } = await client.listSearches({ query: { status: 'queued,running', limit: 1 } })
    return searches[0]?.search
  },
  async report(id) {
    const { request: _, lastEvent: __, ...report } = await client.getSearch({ params: { search: id } })
    return report
  },
  follow: (id, { after, signal }) => client.searchEventBatches(id, { after, signal }),
  async untilEnded(id) {
    for await (const _ of client.searchEventBatches(id, { after: BEYOND_ALL })) {
      // Nothing comes.
    }
  },
})

/** An id that can be none of a search is refused as such. */
const isUnknown = (error: unknown): boolean => error instanceof CommitSuiteError && error.code === 'search_not_found'

export const remoteSearchControl = (client: Client): SearchSteering => ({
  start: (request) => start(client, request),
  cancel: async (search) => void (await client.cancelSearch({ params: { search } })),
  // What it refuses it says at the start.
  failureOf: async () => undefined,
  untilOnRecord: async () => undefined,
})

/** As with suites: asked again, the gateway waits for the admission of what it has accepted, or says why it was refused. */
async function start(client: Client, { network: _, ...body }: NamedSearch): Promise<StartedSearch> {
  const started = await client.startSearch({ body })
  const isOnRecord = async () => (await remoteSearches(client).get(started.search)) !== undefined
  for (let now = started; now.status === 'queued' && !(await isOnRecord()); ) {
    now = await client.startSearch({ body })
  }
  return started
}
