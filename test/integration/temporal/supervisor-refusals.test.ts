import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Config } from '../../../src/config.ts'
import { acquireStack, findStack, type StackLease } from '../../../src/temporal/supervisor/client.ts'
import { ask, connectToSupervisor } from '../../../src/temporal/supervisor/connection.ts'
import { stackTarget } from '../../../src/temporal/supervisor/external-server.ts'
import { supervisorSocket } from '../../../src/temporal/supervisor/private-socket.ts'
import { answersForNamespace } from '../../../src/temporal/supervisor/probe.ts'
import { endStack, expectGone, freshConfig, runningStack, stackProcesses, supervisorModule } from './stack-fixture.ts'

let config: Config
const leases: StackLease[] = []

beforeEach(async () => {
  config = await freshConfig()
})
afterEach(async () => {
  for (const lease of leases.splice(0)) await lease.release()
  vi.unstubAllEnvs()
  await endStack(config)
})

async function acquire(of = config): Promise<StackLease> {
  const lease = await acquireStack(of, { supervisorModule })
  leases.push(lease)
  return lease
}

async function askWithBuild(build: string): Promise<{ answer: string; told: string[] }> {
  const socket = await connectToSupervisor(config)
  if (socket === undefined) throw new Error('nothing listens')
  const told: string[] = []
  const answer = await ask(socket, { type: 'lease', build, target: stackTarget(config) }, (line) => told.push(line))
  socket.destroy()
  return { answer: answer.type, told }
}

test('without a server to be had the error says three ways to get one', async () => {
  const empty = await mkdtemp(join(tmpdir(), 'no-server-'))
  vi.stubEnv('PATH', empty)
  for (const name of ['HTTPS_PROXY', 'https_proxy', 'ALL_PROXY']) vi.stubEnv(name, 'http://127.0.0.1:1')
  const told: string[] = []
  const acquiring = acquireStack(
    { ...config, cacheDir: empty },
    { supervisorModule, onProgress: (line) => told.push(line) },
  )
  await expect(acquiring).rejects.toMatchObject({
    code: 'temporal_unavailable',
    message: expect.stringMatching(/on PATH; install Go.*TEMPORAL_ADDRESS/),
  })
  expect(told.join()).toMatch(/Temporal server/)
  await expect.poll(() => findStack(config)).toBeUndefined()
  await rm(empty, { recursive: true })
})

test('a worker that cannot start is named with the end of its log', async () => {
  const broken = join(config.stateDir, 'broken.mjs')
  await writeFile(broken, `throw new Error('no such engine')`)
  vi.stubEnv('STAND_IN_WORKER', broken)
  const acquiring = acquireStack(config, { supervisorModule })
  await expect(acquiring).rejects.toMatchObject({
    code: 'supervisor_failed',
    message: expect.stringMatching(/worker ended 3 times[\s\S]*no such engine/),
  })
  await expect.poll(() => findStack(config), { timeout: 10_000 }).toBeUndefined()
})

test('a supervisor that cannot start is named with the end of its log', async () => {
  const broken = join(config.stateDir, 'broken.mjs')
  await writeFile(broken, `throw new Error('no such engine')`)
  await expect(acquireStack(config, { supervisorModule: broken })).rejects.toMatchObject({
    code: 'supervisor_failed',
    message: expect.stringContaining('no such engine'),
  })
})

test('another build warns while the stack is used and replaces it when it is idle', async () => {
  await writeFile(join(config.stateDir, 'open-suite'), '')
  const lease = await acquire()
  const used = await askWithBuild('another')
  expect(used.answer).toBe('stack')
  expect(used.told.join()).toMatch(/warning: .*another build/)
  const processes = await stackProcesses(config)
  await lease.release()
  expect((await askWithBuild('another')).answer).toBe('stack')
  await rm(join(config.stateDir, 'open-suite'))
  await expect
    .poll(async () => (await askWithBuild('another').catch(() => ({ answer: 'gone' }))).answer)
    .not.toBe('stack')
  await expectGone(processes)
})

test('with an own server only the worker is started, and a stack for another server is refused', async () => {
  const own = { ...config, temporalAddress: '127.0.0.1:9' }
  const lease = await acquire(own)
  expect(lease).toMatchObject({ temporalAddress: '127.0.0.1:9', temporalUi: null })
  expect((await runningStack(config)).serverPid).toBeNull()
  await expect(acquireStack(config, { supervisorModule })).rejects.toMatchObject({
    code: 'supervisor_failed',
    message: expect.stringContaining('127.0.0.1:9, namespace default, not for the embedded server'),
  })
})

test('another namespace is made, and a deep state directory gets a socket elsewhere', async () => {
  const stateDir = join(config.stateDir, 'deep'.repeat(30))
  const deep = { ...config, stateDir, temporalNamespace: 'of-a-team' }
  try {
    const lease = await acquire(deep)
    expect(supervisorSocket(deep).startsWith(stateDir)).toBe(false)
    expect(lease.namespace).toBe('of-a-team')
    expect(await answersForNamespace(lease.temporalAddress, 'of-a-team')).toBe(true)
    expect(await answersForNamespace(lease.temporalAddress, 'of-nobody')).toBe(false)
  } finally {
    await endStack(deep)
  }
})
