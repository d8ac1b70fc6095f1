import { createParser } from 'eventsource-parser'
import { isOpen } from '../../../src/contract/index.ts'
import type { Store } from '../../../src/store/store.ts'
import { Home } from '../../support/home.ts'
import { plainRepository } from '../../support/repository.ts'
import { startServing } from '../../support/serving.ts'
import { until } from '../../support/until.ts'
import type { Bench, Figure } from '../figure.ts'

const ONE_BY_ONE = 100
const AT_ONCE = 200
const PATIENCE_MS = 900_000

async function start(url: string, repo: string): Promise<string> {
  const response = await fetch(`${url}/v1/suites`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ repo, runs: 1, command: { shell: 'true' }, setup: null }),
  })
  const text = await response.text()
  if (response.status !== 202) throw new Error(`POST /v1/suites: ${response.status} ${text}`)
  return JSON.parse(text).suite
}

/** Resolves with the first event of a suite; its stream is then left. */
async function firstEvent(url: string, suite: string): Promise<void> {
  const leave = new AbortController()
  const response = await fetch(`${url}/v1/suites/${suite}/events`, { signal: leave.signal })
  const seen = Promise.withResolvers<void>()
  const parser = createParser({ onEvent: () => seen.resolve() })
  const read = async (): Promise<void> => {
    const decoder = new TextDecoder()
    for await (const piece of response.body ?? []) parser.feed(decoder.decode(piece, { stream: true }))
  }
  read().catch(() => undefined)
  await seen.promise
  leave.abort()
}

const untilEnded = (store: Store, suites: string[]): Promise<void> =>
  until(
    'every suite has ended',
    async () => {
      const open = await store.suites.list({ status: ['queued', 'running', 'paused'], limit: 1 })
      return open.length === 0 && (await store.suites.get(suites.at(-1) ?? '')) !== undefined
    },
    PATIENCE_MS,
  )

/** Suites that are not on record, or did not end with their one passing run. */
async function lost(store: Store, suites: string[]): Promise<number> {
  let missing = 0
  for (const id of suites) {
    const suite = await store.suites.get(id)
    const [result] = suite === undefined ? [] : await store.results.list({ suite: id, limit: 2 })
    if (suite === undefined || isOpen(suite.status) || result?.outcome !== 'passed') missing++
  }
  return missing
}

async function measure(url: string, repo: string, store: Store, scale: (count: number) => number): Promise<Figure[]> {
  const answers: number[] = []
  const events: number[] = []
  for (let n = 0; n < scale(ONE_BY_ONE); n++) {
    const beganMs = performance.now()
    const suite = await start(url, repo)
    answers.push(performance.now() - beganMs)
    await firstEvent(url, suite)
    events.push(performance.now() - beganMs)
    await untilEnded(store, [suite])
  }
  const beganMs = performance.now()
  const burst: number[] = []
  const suites = await Promise.all(
    Array.from({ length: scale(AT_ONCE) }, async () => {
      const suite = await start(url, repo)
      burst.push(performance.now() - beganMs)
      return suite
    }),
  )
  await untilEnded(store, suites)
  const wallMs = performance.now() - beganMs
  return [
    { name: 'POST /v1/suites until 202, one after another', unit: 'ms', samples: answers },
    { name: 'POST /v1/suites until the first event', unit: 'ms', samples: events },
    { name: `${suites.length} suites at once: until 202`, unit: 'ms', samples: burst },
    { name: `${suites.length} suites at once: until all have ended`, unit: 'ms', samples: [wallMs] },
    { name: `${suites.length} suites at once: lost`, unit: 'suites', samples: [await lost(store, suites)] },
  ]
}

export const gatewayStarts: Bench = {
  name: 'gateway-starts',
  description: 'The first event after POST /v1/suites, and 200 suites of one sandboxed run at once; needs root.',
  byDefault: false,
  async run(scale) {
    const repository = await plainRepository(1)
    const home = await Home.make({ COMMIT_SUITE_ALLOWED_REPOS: `file://${repository.path}` })
    const served = await startServing(home)
    const store = await home.store()
    try {
      return await measure(served.url, `file://${repository.path}`, store, scale)
    } finally {
      await store.close()
      await served.stop()
      await home.dispose()
      await repository.remove()
    }
  },
}
