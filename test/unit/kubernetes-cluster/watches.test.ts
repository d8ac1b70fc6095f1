import { getEventListeners } from 'node:events'
import type { ServerResponse } from 'node:http'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Cluster, PodWatch } from '../../../src/executors/kubernetes/cluster/cluster.ts'
import type { ConnectOptions } from '../../../src/executors/kubernetes/cluster/connect.ts'
import { FaultyApiServer, json, line, pod, podList, status } from './faulty-api-server.ts'

let server: FaultyApiServer
let cluster: Cluster
let watch: PodWatch
let never: AbortSignal

/** What the server knows; watches that are open get what is sent to `open`. */
let list: object
let open: ServerResponse[]
let onWatch: ((response: ServerResponse, query: URLSearchParams) => void) | undefined
let opened: (() => void)[]

beforeEach(async () => {
  server = await FaultyApiServer.start()
  never = new AbortController().signal
  list = podList('10')
  open = []
  opened = []
  onWatch = undefined
  server.answer = (_request, response, query) => {
    if (query.get('watch') === null) return json(response, list)
    if (onWatch !== undefined) return onWatch(response, query)
    hold(response)
  }
})

afterEach(async () => {
  watch.close()
  await cluster.close()
  await server.stop()
})

function hold(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders()
  open.push(response)
  for (const tell of opened.splice(0)) tell()
}

async function begin(options: ConnectOptions = {}): Promise<void> {
  cluster = await server.connect(options)
  watch = cluster.watchPods('n')
}

async function watching(): Promise<ServerResponse> {
  if (open.length === 0) await new Promise<void>((resolve) => opened.push(resolve))
  const [response] = open
  if (response === undefined) throw new Error('no watch is open')
  return response
}

const phase = async (name: string, wanted: string, signal = never): Promise<string> =>
  await watch.until(name, (now) => (now?.status?.phase === wanted ? wanted : undefined), signal)
const gone = async (name: string): Promise<string> =>
  await watch.until(name, (now) => (now ? undefined : 'gone'), never)
const kinds = (): string[] => server.seen.map((url) => (url.includes('watch=true') ? 'watch' : 'list'))

test('two who wait share one list and one watch', async () => {
  await begin()
  const other = cluster.watchPods('n')
  const waits = [phase('a', 'Succeeded'), phase('a', 'Running'), other.until('b', (now) => now?.status?.phase, never)]
  const response = await watching()
  response.write(line('ADDED', pod('a', '11')) + line('ADDED', pod('b', '12', 'Pending')))
  response.write(line('MODIFIED', pod('a', '13', 'Succeeded')))
  expect(await Promise.all(waits)).toEqual(['Succeeded', 'Running', 'Pending'])
  expect(kinds()).toEqual(['list', 'watch'])
  other.close()
})

test('each change is offered once, in order, and nothing after the answer', async () => {
  await begin()
  const offered: (string | undefined)[] = []
  const wait = watch.until(
    'a',
    (now) => {
      offered.push(now?.metadata?.resourceVersion)
      return offered.length === 3 ? true : undefined
    },
    never,
  )
  const response = await watching()
  response.write(['11', '12', '13', '14'].map((version) => line('MODIFIED', pod('a', version))).join(''))
  await wait
  await phase('a', 'Running')
  expect(offered).toEqual([undefined, '11', '12'])
})

test('events cut anywhere are put together again', async () => {
  await begin()
  const wait = phase('ä', 'Succeeded')
  const bytes = Buffer.from(line('ADDED', pod('ä', '11', 'Succeeded')))
  const response = await watching()
  for (const byte of bytes) await new Promise((sent) => response.write(Buffer.of(byte), sent))
  expect(await wait).toBe('Succeeded')
})

test('a watch that the server ends goes on from the last version, bookmarks included', async () => {
  let asked = 0
  onWatch = (response, query) => {
    if (++asked === 1) {
      hold(response)
      response.write(line('BOOKMARK', { kind: 'Pod', metadata: { resourceVersion: '42' } }))
      // Long enough to be no fault.
      setTimeout(() => response.end(), 1_100)
      return
    }
    hold(response)
    response.write(line('ADDED', pod('a', '43', `from ${query.get('resourceVersion')}`)))
  }
  await begin()
  expect(await phase('a', 'from 42')).toBe('from 42')
  expect(kinds()).toEqual(['list', 'watch', 'watch'])
})

test.each([
  ['HTTP status', (response: ServerResponse) => status(response, 410, 'Expired', 'too old resource version')],
  [
    'ERROR event',
    (response: ServerResponse) => {
      hold(response)
      response.write(line('ERROR', { kind: 'Status', code: 410, reason: 'Expired', message: 'too old' }))
    },
  ],
])('410 as %s: a new list at once, which tells what is gone', async (_kind, refuse) => {
  list = podList('10', pod('a', '9'), pod('b', '8'))
  let asked = 0
  onWatch = (response) => {
    if (++asked > 1) return hold(response)
    list = podList('50', pod('b', '49', 'Succeeded'))
    refuse(response)
  }
  await begin()
  const waits = [gone('a'), phase('b', 'Succeeded')]
  expect(await Promise.all(waits)).toEqual(['gone', 'Succeeded'])
  expect(kinds().slice(0, 3)).toEqual(['list', 'watch', 'list'])
})

test('a deletion while the server was away is noticed', async () => {
  list = podList('10', pod('a', '9'))
  await begin()
  const wait = gone('a')
  await watching()
  await server.down()
  list = podList('20')
  await server.up()
  expect(await wait).toBe('gone')
})

test('another pod of the same name is first told as the end of the one before', async () => {
  list = podList('10', pod('a', '9'))
  await begin()
  const uids: (string | undefined)[] = []
  const wait = watch.until(
    'a',
    (now) => {
      uids.push(now?.metadata?.uid)
      return uids.length === 3 ? true : undefined
    },
    never,
  )
  await watching()
  list = podList('20', pod('a', '19', 'Running', 'another'))
  await server.down()
  await server.up()
  await wait
  expect(uids).toEqual(['uid-a', undefined, 'another'])
})

test('a watch that fell silent is made anew', async () => {
  list = podList('10', pod('a', '9'))
  await begin({ watchIdleMs: 200 })
  const wait = gone('a')
  await watching()
  list = podList('20')
  expect(await wait).toBe('gone')
})

test('who waits for a server that stays away hears of it, and can wait again', async () => {
  await begin({ awayMs: 500 })
  const waits = [phase('a', 'Running'), phase('b', 'Running'), watch.until('c', (now) => now, never)]
  await watching()
  await server.down()
  for (const wait of await Promise.allSettled(waits)) {
    expect(wait).toMatchObject({ status: 'rejected', reason: { code: 'cluster_unavailable' } })
  }
  list = podList('20', pod('a', '19'))
  const again = phase('a', 'Running')
  await server.up()
  expect(await again).toBe('Running')
})

test('a watch that is not allowed fails at once for all who wait', async () => {
  server.answer = (_request, response) => status(response, 403, 'Forbidden', 'pods is forbidden')
  await begin()
  await expect(watch.list(never)).rejects.toMatchObject({ status: 403, reason: 'Forbidden' })
})

test('an event that is none makes a new list', async () => {
  let asked = 0
  onWatch = (response) => {
    hold(response)
    if (++asked === 1) response.write('{"type":\n')
    list = podList('20', pod('a', '19'))
  }
  await begin()
  expect(await phase('a', 'Running')).toBe('Running')
})

test('the list is what is known once the watch is in step', async () => {
  list = podList('10', pod('a', '9'), pod('b', '8'))
  await begin()
  expect((await watch.list(never)).map((one) => one.metadata?.name)).toEqual(['a', 'b'])
  const response = await watching()
  response.write(line('DELETED', pod('a', '11')))
  await gone('a')
  expect((await watch.list(never)).map((one) => one.metadata?.name)).toEqual(['b'])
})

test('an abort ends a wait with its reason and leaves no listener behind', async () => {
  await begin()
  await watching()
  const given = new AbortController()
  const answered = phase('a', 'Running', given.signal)
  const response = await watching()
  response.write(line('ADDED', pod('a', '11')))
  await answered
  expect(getEventListeners(given.signal, 'abort')).toHaveLength(0)
  const waits = Array.from({ length: 50 }, async () => await phase('a', 'Failed', given.signal))
  given.abort(new Error('cancelled'))
  for (const wait of await Promise.allSettled(waits)) {
    expect(wait).toMatchObject({ reason: { message: 'cancelled' } })
  }
  expect(getEventListeners(given.signal, 'abort')).toHaveLength(0)
})

test('what pick throws ends the wait', async () => {
  await begin()
  const pick = (): never => {
    throw new Error('no good')
  }
  await expect(watch.until('a', pick, never)).rejects.toThrow('no good')
})

test('the last to close ends the connection a while later; its own waits end before', async () => {
  await begin({ watchLingerMs: 1 })
  const other = cluster.watchPods('n')
  const mine = phase('a', 'Running')
  const response = await watching()
  const closed = new Promise((resolve) => response.once('close', resolve))
  watch.close()
  await expect(mine).rejects.toThrow('The watch of the pods in n was closed.')
  const theirs = other.until('a', (now) => now?.status?.phase, never)
  response.write(line('ADDED', pod('a', '11')))
  expect(await theirs).toBe('Running')
  other.close()
  await closed
})

test('who comes soon after the last one left finds the watch in step', async () => {
  await begin()
  const wait = phase('a', 'Running')
  const response = await watching()
  response.write(line('ADDED', pod('a', '11')))
  await wait
  watch.close()
  watch = cluster.watchPods('n')
  expect(await phase('a', 'Running')).toBe('Running')
  expect(kinds()).toEqual(['list', 'watch'])
})

test('thousands of waits cost each event only those of its own pod', async () => {
  const names = Array.from({ length: 3_000 }, (_, index) => `pod-${index}`)
  await begin()
  let offers = 0
  const waits = names.map(
    async (name) =>
      await watch.until(
        name,
        (now) => {
          offers += 1
          return now?.status?.phase
        },
        never,
      ),
  )
  const response = await watching()
  for (const [index, name] of names.entries()) response.write(line('ADDED', pod(name, `${index + 11}`)))
  await Promise.all(waits)
  expect(offers).toBe(2 * names.length)
})
