import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { WebSocket } from 'ws'
import type { Cluster, ExecOptions, ExecSession } from '../../../src/executors/kubernetes/cluster/cluster.ts'
import { FaultyApiServer } from './faulty-api-server.ts'

let server: FaultyApiServer
let cluster: Cluster

beforeEach(async () => {
  server = await FaultyApiServer.start()
  cluster = await server.connect()
})

afterEach(async () => {
  await cluster.close()
  await server.stop()
})

const frame = (channel: number, data: string | Uint8Array): Buffer =>
  Buffer.concat([Buffer.of(channel), Buffer.from(data)])
const SUCCESS = frame(3, JSON.stringify({ status: 'Success' }))
const failure = (message: string, rest: object = {}): Buffer =>
  frame(3, JSON.stringify({ status: 'Failure', message, ...rest }))

interface Running {
  session: ExecSession
  socket: WebSocket
  request: IncomingMessage
  stdout(): string
}

async function run(command: string[] = ['true'], options: Partial<ExecOptions> = {}): Promise<Running> {
  const taken = new Promise<{ socket: WebSocket; request: IncomingMessage }>((resolve) => {
    server.onSocket = (socket, request) => resolve({ socket, request })
  })
  let text = ''
  const session = await cluster.exec({ namespace: 'n', pod: 'p', container: 'c' }, command, {
    onStdout: (bytes) => {
      text += Buffer.from(bytes).toString()
    },
    signal: new AbortController().signal,
    ...options,
  })
  return { session, ...(await taken), stdout: () => text }
}

test('the command and container stand in the request, word by word', async () => {
  const { request, socket } = await run(['sh', '-c', 'echo "$1" & wait', 'a b?'])
  const { pathname, searchParams } = new URL(request.url ?? '', 'http://api')
  expect(pathname).toBe('/api/v1/namespaces/n/pods/p/exec')
  expect(searchParams.getAll('command')).toEqual(['sh', '-c', 'echo "$1" & wait', 'a b?'])
  expect(searchParams.get('container')).toBe('c')
  expect(request.headers.authorization).toBe('Bearer very-secret')
  expect(socket.protocol).toBe('v5.channel.k8s.io')
  expect(cluster.requests).toBe(1)
})

test('output and errors come apart, then the end', async () => {
  const { session, socket, stdout } = await run()
  for (const data of [frame(1, 'out'), frame(2, 'err'), frame(1, ''), frame(1, 'put'), SUCCESS]) socket.send(data)
  expect(await session.ended).toEqual({ exitCode: 0, stderr: 'err' })
  expect(stdout()).toBe('output')
})

test('an exit code that is not zero is a value', async () => {
  const { session, socket } = await run()
  const causes = [{ reason: 'ExitCode', message: '42' }]
  socket.send(failure('command terminated with exit code 42', { reason: 'NonZeroExitCode', details: { causes } }))
  expect(await session.ended).toEqual({ exitCode: 42, stderr: '' })
})

test('of the errors the last 4 KiB are kept', async () => {
  const { session, socket } = await run()
  for (let at = 0; at < 100; at++) socket.send(frame(2, `${at}`.padStart(100)))
  socket.send(SUCCESS)
  const { stderr } = await session.ended
  expect(stderr).toHaveLength(4096)
  expect(stderr.endsWith('99')).toBe(true)
})

test('the end comes after the last output was taken, and a slow reader is not overtaken', async () => {
  const taken: string[] = []
  let atOnce = 0
  const { session, socket } = await run(['true'], {
    onStdout: async (bytes) => {
      expect(++atOnce).toBe(1)
      await new Promise((resolve) => setImmediate(resolve))
      taken.push(Buffer.from(bytes).toString())
      atOnce -= 1
    },
  })
  for (let at = 0; at < 50; at++) socket.send(frame(1, `${at}`))
  socket.send(SUCCESS)
  socket.close()
  await session.ended
  expect(taken).toEqual(Array.from({ length: 50 }, (_, at) => `${at}`))
})

test('while a reader takes its time nothing more is read, and that is not silence', async () => {
  let go: () => void = () => undefined
  const busy = new Promise<void>((resolve) => {
    go = resolve
  })
  let taken = 0
  const { session, socket } = await run(['true'], {
    idleMs: 100,
    onStdout: async (bytes) => {
      taken += bytes.length
      await busy
    },
  })
  const chunk = frame(1, Buffer.alloc(256 * 1024))
  for (let at = 0; at < 128; at++) socket.send(chunk)
  let before = -1
  // Until the server's side stands still: what the kernel holds for both sides is far less than 32 MiB.
  await expect
    .poll(
      () => {
        const stands = socket.bufferedAmount === before && taken > 0
        before = socket.bufferedAmount
        return stands
      },
      { interval: 250 },
    )
    .toBe(true)
  expect(socket.bufferedAmount).toBeGreaterThan(8 * 1024 * 1024)
  go()
  socket.send(SUCCESS)
  expect((await session.ended).exitCode).toBe(0)
  expect(taken).toBe(128 * 256 * 1024)
})

test('a writer waits while the other side does not read', async () => {
  const { session, socket } = await run()
  socket.pause()
  const mebibyte = Buffer.alloc(1024 * 1024)
  let written = 0
  const writing = (async () => {
    for (let at = 0; at < 32; at++) {
      await session.write(mebibyte)
      written += 1
    }
  })()
  let before = -1
  await expect
    .poll(
      () => {
        const stands = written === before
        before = written
        return stands
      },
      { interval: 250 },
    )
    .toBe(true)
  expect(written).toBeLessThan(32)
  let received = 0
  socket.on('message', (data: Buffer) => {
    expect(data[0]).toBe(0)
    received += data.length - 1
    if (received === 32 * mebibyte.length) socket.send(SUCCESS)
  })
  socket.resume()
  await writing
  await session.ended
  expect(received).toBe(32 * mebibyte.length)
})

test('a connection that breaks is lost, for the end and for writers', async () => {
  const { session, socket, stdout } = await run()
  socket.send(frame(1, 'half'), () => socket.terminate())
  await expect(session.ended).rejects.toMatchObject({ name: 'ExecFailed', kind: 'lost' })
  expect(stdout()).toBe('half')
  await expect(session.write(Buffer.of(1))).rejects.toMatchObject({ name: 'ExecFailed', kind: 'lost' })
})

test('a connection that closes politely without an end is lost as well', async () => {
  const { session, socket } = await run()
  socket.close(1001, 'going away')
  await expect(session.ended).rejects.toThrow('The connection closed (1001: going away).')
})

test('a connection that died without a word is noticed', async () => {
  const { session, socket } = await run(['true'], { idleMs: 200 })
  // Pings stay unread, hence unanswered.
  socket.pause()
  await expect(session.ended).rejects.toThrow('Nothing came from the other side for 0.2 s.')
})

test('answered pings keep a quiet command alive', async () => {
  const { session, socket } = await run(['true'], { idleMs: 200 })
  for (let pings = 0; pings < 10; pings++) await once(socket, 'ping')
  socket.send(SUCCESS)
  expect((await session.ended).exitCode).toBe(0)
})

test('an abort ends the connection and everything with its reason', async () => {
  const given = new AbortController()
  const { session, socket } = await run(['true'], { signal: given.signal })
  const closed = once(socket, 'close')
  given.abort(new Error('cancelled'))
  await expect(session.ended).rejects.toThrow('cancelled')
  await expect(session.write(Buffer.of(1))).rejects.toThrow('cancelled')
  await closed
})

test('an abort while the connection is being made ends it', async () => {
  const given = new AbortController()
  server.onSocket = undefined
  const opening = cluster.exec({ namespace: 'n', pod: 'p', container: 'c' }, ['true'], {
    onStdout: () => undefined,
    signal: given.signal,
  })
  given.abort(new Error('cancelled'))
  await expect(opening).rejects.toThrow('cancelled')
})

test('an error of the reader ends the command with that error', async () => {
  const { session, socket } = await run(['true'], {
    onStdout: () => {
      throw new Error('disk full')
    },
  })
  socket.send(frame(1, 'x'))
  await expect(session.ended).rejects.toThrow('disk full')
})

test.each([
  ['gone', 'Internal error occurred: error executing command in container: container is not running'],
  ['gone', 'unable to upgrade connection: container not found ("test")'],
  ['gone', 'failed to exec in container: container is in CONTAINER_EXITED state'],
  ['gone', 'failed to load task: no running task found: task 0a1b not found: not found'],
  ['gone', 'OCI runtime exec failed: exec failed: cannot exec in a stopped container: unknown'],
  ['lost', 'unable to start container process: error executing setns process: exit status 1: unknown'],
  ['lost', 'unable to start container process: read init-p: connection reset by peer: unknown'],
  ['lost', 'failed to exec in container: OCI runtime exec failed: fork/exec: resource temporarily unavailable'],
  ['lost', 'error dialing backend: dial tcp 10.0.0.1:10250: connect: connection refused'],
  ['refused', 'exec: "nope": executable file not found in $PATH: unknown'],
])('a command that could not be started is %s: %s', async (kind, message) => {
  const { session, socket } = await run()
  socket.send(failure(message, { reason: 'InternalError', code: 500 }))
  await expect(session.ended).rejects.toMatchObject({ name: 'ExecFailed', kind, message })
})

test.each([
  [404, 'pods "p" not found', 'gone'],
  [400, 'container c is not valid for pod p', 'refused'],
  [500, 'container not found ("c")', 'gone'],
  [403, 'pods "p" is forbidden: User "me" cannot create resource "pods/exec"', 'refused'],
  [500, 'Internal error occurred: something else', 'lost'],
  [503, 'the server is currently unable to handle the request', 'lost'],
  [429, 'too many requests', 'lost'],
])('a handshake answered %d "%s" is %s', async (status, message, kind) => {
  server.refuseSocket = { status, body: JSON.stringify({ kind: 'Status', status: 'Failure', message }) }
  await expect(
    cluster.exec({ namespace: 'n', pod: 'p', container: 'c' }, ['true'], {
      onStdout: () => undefined,
      signal: new AbortController().signal,
    }),
  ).rejects.toMatchObject({ name: 'ExecFailed', kind, status, message })
})

test('a server that is away loses the command at once: whoever asked knows whether it may be repeated', async () => {
  await server.down()
  await expect(
    cluster.exec({ namespace: 'n', pod: 'p', container: 'c' }, ['true'], {
      onStdout: () => undefined,
      signal: new AbortController().signal,
    }),
  ).rejects.toMatchObject({ name: 'ExecFailed', kind: 'lost', message: expect.stringContaining('ECONNREFUSED') })
})

test('an end that says nothing is not taken for a success', async () => {
  const { session, socket } = await run()
  socket.send(frame(3, '{"metadata":{}}'))
  await expect(session.ended).rejects.toThrow('How the command ended was not told: {"metadata":{}}')
})

test('an older server speaks v4', async () => {
  server.protocols = ['v4.channel.k8s.io']
  const { session, socket } = await run()
  expect(socket.protocol).toBe('v4.channel.k8s.io')
  socket.send(SUCCESS)
  expect((await session.ended).exitCode).toBe(0)
})
