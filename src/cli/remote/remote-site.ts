import { type Client, createClient } from '../../client/client.ts'
import { recordedRequestSchema } from '../../contract/http/recorded-request.ts'
import { CommitSuiteError, parseRunId, type SuiteEvent, type SuiteReport } from '../../contract/index.ts'
import type { GatewayPlace } from '../site/gateway.ts'
import type { KeyRegistry, ReplayedRun, Site, Stack, SuiteRecord } from '../site/site.ts'
import { withAllTests } from './all-tests.ts'
import { remoteControl } from './control.ts'
import { failingRuns } from './failing-runs.ts'
import { remoteIsolations } from './isolations.ts'
import { runOutput } from './run-output.ts'
import { remoteSearches } from './searches.ts'

/** Temporal is behind the gateway, for it alone to reach. */
const OUT_OF_SIGHT = { temporalUi: null, namespace: '' }
/** The gateway's workers bound what runs at once; this bounds what waits for them on behalf of one command. */
const SUITES_AT_ONCE = 8

/** What is behind a gateway. Throws `invalid_input` for a key that cannot be one. */
export function remoteSite(gateway: GatewayPlace): Site {
  const client = createClient(gateway)
  const stack: Stack = { control: remoteControl(client), temporal: OUT_OF_SIGHT, slots: SUITES_AT_ONCE }
  return {
    suite: (id) => suiteOnRecord(client, id),
    suites: async (query) => (await client.listSuites({ query: { ...query, status: query.status?.join(',') } })).suites,
    report: (suite, { results }) => (results ? client.report(suite) : shortReport(client, suite)),
    // The gateway's worker goes on when this command has ended.
    notifications: async () => [],
    eventsOnRecord: (suite) => eventsOnRecord(client, suite),
    follow: (suite, { after, signal }) => client.eventBatches(suite, { after, signal }),
    untilEnded: (suite) => untilEnded(client, suite),
    run: (id) => describedRun(client, id),
    failingRuns: (suite) => failingRuns(client, suite),
    output: (run, options) => runOutput(client, run, options),
    searches: remoteSearches(client),
    isolations: remoteIsolations(client),
    history: {
      tests: ({ flaky, ...query }) =>
        client.listHistory({ query: { ...query, flaky: flaky === undefined ? undefined : flaky ? '1' : '0' } }),
      test: (query) => client.getTestHistory({ query }),
    },
    keys: keysOf(client),
    temporal: async () => undefined,
    interrupted: async () => [],
    async withStack({ signal }, use) {
      signal?.throwIfAborted()
      return await use(stack)
    },
  }
}

async function suiteOnRecord(client: Client, suite: string): Promise<SuiteRecord | undefined> {
  try {
    const { status, request, extensions = 0 } = await client.getSuite({ params: { suite } })
    return { id: suite, status, spec: recordedRequestSchema.parse(request), extensions }
  } catch (error) {
    if (error instanceof CommitSuiteError && error.code === 'suite_not_found') return undefined
    throw error
  }
}

async function shortReport(client: Client, suite: string): Promise<SuiteReport> {
  const { request: _, lastEvent: __, ...report } = await client.getSuite({ params: { suite } })
  return { ...report, commits: await withAllTests(client, suite, report.commits) }
}

async function* eventsOnRecord(client: Client, suite: string): AsyncGenerator<SuiteEvent[]> {
  const { lastEvent } = await client.getSuite({ params: { suite } })
  if (lastEvent === 0) return
  for await (const batch of client.eventBatches(suite)) {
    yield batch
    if ((batch.at(-1)?.seq ?? 0) >= lastEvent) return
  }
}

/** No event has a number that high: the stream brings none, and ends with the suite. */
const BEYOND_ALL = Number.MAX_SAFE_INTEGER

async function untilEnded(client: Client, suite: string): Promise<void> {
  for await (const _ of client.eventBatches(suite, { after: BEYOND_ALL })) {
    // Nothing comes.
  }
}

async function describedRun(client: Client, id: string): Promise<ReplayedRun> {
  const { suite, request, ...run } = await client.describeRun({ params: { run: id } })
  const parsed = parseRunId(id)
  if (parsed === undefined) throw new CommitSuiteError('run_not_found', `RUN: "${id}" is not the name of a run.`)
  return { ...run, id, parsed, suite: { id: suite, spec: recordedRequestSchema.parse(request) } }
}

const keysOf = (client: Client): KeyRegistry => ({
  async create(asked) {
    const { secret, ...key } = await client.createKey({ body: asked })
    return { key, secret }
  },
  list: async () => (await client.listKeys()).keys,
  revoke: async (name) => void (await client.revokeKey({ params: { name } })),
})
