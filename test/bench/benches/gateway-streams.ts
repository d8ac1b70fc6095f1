import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openStore } from '../../../src/store/open.ts'
import type { Store } from '../../../src/store/store.ts'
import { SHA, suiteCommit, suiteSpec } from '../../unit/store/samples.ts'
import type { Bench, Figure } from '../figure.ts'
import { startServer } from '../gateway/server-process.ts'
import { type Kind, Subscribers } from '../gateway/subscribers.ts'

const ROUNDS = 3

/** Bytes of an event of ours beyond its bare number, so that both send the same. */
const PADDING = 190

interface Round {
  eventsPerSecond: number
  /** Resident memory of the server that a subscriber costs, in KB: at rest, and at the end of the burst. */
  restKb: number
  burstKb: number
}

async function measure(
  kind: Kind,
  {
    script,
    args,
    path,
    publish,
  }: { script: string; args: string[]; path: string; publish(url: string): Promise<unknown> },
  { subscribers: count, events }: { subscribers: number; events: number },
): Promise<Round> {
  const server = await startServer(script, ...args)
  const subscribers = new Subscribers()
  try {
    const emptyBytes = await server.memoryBytes()
    await subscribers.open(kind, server.url, path, count)
    const restBytes = await server.memoryBytes()
    const beganMs = performance.now()
    const published = publish(server.url)
    await subscribers.received(events)
    const seconds = (performance.now() - beganMs) / 1000
    await published
    const burstBytes = await server.memoryBytes()
    const kbEach = (bytes: number): number => (bytes - emptyBytes) / count / 1024
    return { eventsPerSecond: (count * events) / seconds, restKb: kbEach(restBytes), burstKb: kbEach(burstBytes) }
  } finally {
    subscribers.close()
    await server.stop()
  }
}

/** A suite that waits for its runs to be closed: as many events at once as it has runs. */
async function waitingSuite(store: Store, id: string, runs: number): Promise<void> {
  const seeds = Array.from({ length: runs }, (_, index) => index + 1)
  await store.suites.create({ spec: suiteSpec(id, { runs }), requestDigest: 'digest', seeds })
  await store.suites.putCommits(id, [suiteCommit(0, SHA)])
}

async function publishOurs(store: Store, suite: string): Promise<void> {
  const missing = { suite, sha: SHA, outcome: 'cancelled', reason: 'cancelled', node: 'bench' } as const
  while ((await store.results.closeMissing(missing)).more);
}

async function compare(kind: Kind, size: { subscribers: number; events: number }): Promise<Figure[]> {
  const stateDir = await mkdtemp(join(tmpdir(), 'cs-bench-'))
  const store = await openStore({ stateDir, artifacts: join(stateDir, 'artifacts') })
  const ours: Round[] = []
  const bare: Round[] = []
  try {
    for (let round = 0; round < ROUNDS; round++) {
      const suite = `${kind}-${round}`
      await waitingSuite(store, suite, size.events)
      const cursor = await store.events.lastSeq(suite)
      const stream = kind === 'sse' ? 'events' : 'stream'
      ours.push(
        await measure(
          kind,
          {
            ...{ script: 'served-process.ts', args: [stateDir], path: `/v1/suites/${suite}/${stream}?after=${cursor}` },
            publish: () => publishOurs(store, suite),
          },
          size,
        ),
      )
      bare.push(
        await measure(
          kind,
          {
            ...{ script: 'bare-process.ts', args: [], path: `/${kind}` },
            publish: (url) =>
              fetch(`${url}/publish?events=${size.events}&size=${PADDING}`).then((answer) => answer.text()),
          },
          size,
        ),
      )
    }
  } finally {
    await store.close()
    await rm(stateDir, { recursive: true, force: true })
  }
  const ratios = ours.map(
    ({ eventsPerSecond }, round) => eventsPerSecond / (bare[round]?.eventsPerSecond ?? Number.NaN),
  )
  const name = kind === 'sse' ? 'Server-Sent Events' : 'WebSocket'
  return [
    { name: `${name}: events sent, gateway`, unit: 'events/s', samples: ours.map((round) => round.eventsPerSecond) },
    {
      name: `${name}: events sent, bare Fastify`,
      unit: 'events/s',
      samples: bare.map((round) => round.eventsPerSecond),
    },
    { name: `${name}: gateway / bare`, unit: '×', samples: ratios },
    { name: `${name}: memory per subscriber at rest, gateway`, unit: 'KB', samples: ours.map((round) => round.restKb) },
    { name: `${name}: memory per subscriber at rest, bare`, unit: 'KB', samples: bare.map((round) => round.restKb) },
    {
      name: `${name}: memory per subscriber after the burst, gateway`,
      unit: 'KB',
      samples: ours.map((round) => round.burstKb),
    },
    {
      name: `${name}: memory per subscriber after the burst, bare`,
      unit: 'KB',
      samples: bare.map((round) => round.burstKb),
    },
  ]
}

export const gatewayStreams: Bench = {
  name: 'gateway-streams',
  description: '1,000 subscribers of one suite each get 1,000 events, beside a bare Fastify server, in turns; Linux.',
  byDefault: false,
  async run(scale) {
    const size = { subscribers: scale(1_000), events: scale(1_000) }
    return [...(await compare('sse', size)), ...(await compare('websocket', size))]
  },
}
