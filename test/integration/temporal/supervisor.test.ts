import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import type { Config } from '../../../src/config.ts'
import { signalProcess } from '../../../src/executors/local/runner/process-tree.ts'
import { acquireStack, findStack, type StackLease } from '../../../src/temporal/supervisor/client.ts'
import { configEnvironment } from '../../../src/temporal/supervisor/config-environment.ts'
import { answersForNamespace } from '../../../src/temporal/supervisor/probe.ts'
import {
  endStack,
  expectGone,
  freshConfig,
  identify,
  runningStack,
  stackProcesses,
  supervisorModule,
} from './stack-fixture.ts'

let config: Config
const leases: StackLease[] = []
const children: ChildProcess[] = []

beforeEach(async () => {
  config = await freshConfig()
})
afterEach(async () => {
  for (const lease of leases.splice(0)) await lease.release()
  for (const child of children.splice(0)) child.kill('SIGKILL')
  await endStack(config)
})

async function acquire(): Promise<StackLease> {
  const lease = await acquireStack(config, { supervisorModule })
  leases.push(lease)
  return lease
}

const leaseSchema = z.object({ pid: z.number(), temporalAddress: z.string(), temporalUi: z.string() })

async function holdLeaseElsewhere(): Promise<{ child: ChildProcess; lease: z.infer<typeof leaseSchema> }> {
  const script = resolve('test/integration/temporal/stand-in/hold-lease.ts')
  const child = spawn(process.execPath, [script], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: configEnvironment(config),
  })
  children.push(child)
  if (child.stdout === null) throw new Error('no stdout')
  const [line] = await once(createInterface(child.stdout), 'line')
  return { child, lease: leaseSchema.parse(JSON.parse(String(line))) }
}

test('two commands that start at once share one stack, which ends soon after the last of them', async () => {
  const [one, other] = await Promise.all([holdLeaseElsewhere(), holdLeaseElsewhere()])
  expect(other.lease).toEqual(one.lease)
  expect(await answersForNamespace(one.lease.temporalAddress, 'default')).toBe(true)
  expect((await fetch(one.lease.temporalUi)).status).toBe(200)
  const processes = await stackProcesses(config)
  one.child.stdin?.end()
  await once(one.child, 'exit')
  other.child.kill('SIGKILL')
  await expectGone(processes)
  expect(await findStack(config)).toBeUndefined()
  expect(existsSync(join(config.stateDir, 'supervisor-children.json'))).toBe(false)
})

test('the stack stays while a suite is open, and its ports come back at the next start', async () => {
  const marker = join(config.stateDir, 'open-suite')
  await writeFile(marker, '')
  const first = await acquire()
  const processes = await stackProcesses(config)
  await first.release()
  const second = await acquire()
  expect(second.pid).toBe(first.pid)
  await second.release()
  await rm(marker)
  await expectGone(processes)
  const third = await acquire()
  expect(third.pid).not.toBe(first.pid)
  expect(third.temporalUi).toBe(first.temporalUi)
  expect(third.temporalAddress).toBe(first.temporalAddress)
})

test('a killed server comes back on its port with its database', async () => {
  const lease = await acquire()
  const database = join(config.stateDir, 'temporal', 'temporal.db')
  const before = await stat(database)
  const { serverPid } = await runningStack(config)
  const server = await identify(serverPid)
  process.kill(server.pid, 'SIGKILL')
  await expectGone([server])
  await expect.poll(() => answersForNamespace(lease.temporalAddress, 'default'), { timeout: 20_000 }).toBe(true)
  expect((await runningStack(config)).serverPid).not.toBe(server.pid)
  expect((await stat(database)).ino).toBe(before.ino)
})

test('a killed worker is started again', async () => {
  await acquire()
  const { workerPid } = await runningStack(config)
  const worker = await identify(workerPid)
  process.kill(worker.pid, 'SIGKILL')
  await expectGone([worker])
  await expect.poll(async () => (await runningStack(config)).workerPid, { timeout: 10_000 }).toBeGreaterThan(0)
})

test('after a killed supervisor the next command starts a stack on the same database and leaves no orphan', async () => {
  const { child, lease } = await holdLeaseElsewhere()
  const processes = await stackProcesses(config)
  const inode = (await stat(join(config.stateDir, 'temporal', 'temporal.db'))).ino
  child.kill('SIGKILL')
  await once(child, 'exit')
  process.kill(lease.pid, 'SIGKILL')
  const next = await acquire()
  await expectGone(processes)
  expect(next.pid).not.toBe(lease.pid)
  expect(next.temporalAddress).toBe(lease.temporalAddress)
  expect((await stat(join(config.stateDir, 'temporal', 'temporal.db'))).ino).toBe(inode)
})

test('a lease survives the killing of everything at once', async () => {
  const lease = await acquire()
  const processes = await stackProcesses(config)
  for (const { pid } of processes) signalProcess(pid, 'SIGKILL')
  await expectGone(processes)
  await expect.poll(async () => (await findStack(config))?.ready, { timeout: 20_000 }).toBe(true)
  expect((await runningStack(config)).temporalAddress).toBe(lease.temporalAddress)
})

test('a port that was taken meanwhile is replaced by another', async () => {
  const first = await acquire()
  const processes = await stackProcesses(config)
  await first.release()
  await expectGone(processes)
  const thief = createServer()
  thief.listen(Number(first.temporalAddress.split(':')[1]), '127.0.0.1')
  await once(thief, 'listening')
  try {
    const second = await acquire()
    expect(second.temporalAddress).not.toBe(first.temporalAddress)
    expect(await answersForNamespace(second.temporalAddress, 'default')).toBe(true)
  } finally {
    thief.close()
  }
})

test('a command that must not resume anything does not start a stack', async () => {
  await expect(acquireStack(config, { supervisorModule, resume: false })).rejects.toMatchObject({
    code: 'temporal_unavailable',
    message: expect.stringContaining('commit-suite watch'),
  })
  expect(await findStack(config)).toBeUndefined()
  await acquire()
  const joined = await acquireStack(config, { supervisorModule, resume: false })
  leases.push(joined)
  expect(joined.pid).toBe((await runningStack(config)).pid)
})

test('nobody but the user can open the socket or the state directory', async () => {
  await acquire()
  expect((await stat(join(config.stateDir, 'supervisor.sock'))).mode & 0o077).toBe(0)
  expect((await stat(config.stateDir)).mode & 0o077).toBe(0)
})

test('a gateway with other rules for the network gets a worker that has them, unless the stack is in use', async () => {
  const first = await acquire()
  const other = { ...config, allowedRepos: ['file:///srv/repositories/*'] }
  const told: string[] = []
  const onProgress = (line: string): void => void told.push(line)
  const shared = await acquireStack(other, { supervisorModule, network: true, onProgress })
  expect(shared.pid).toBe(first.pid)
  expect(told.join('\n')).toContain('was started with other rules for requests from the network')
  await shared.release()
  await first.release()
  const second = await acquireStack(other, { supervisorModule, network: true, onProgress })
  leases.push(second)
  expect(second.pid).not.toBe(first.pid)
  // Who starts no gateway does not mind.
  const third = await acquire()
  expect(third.pid).toBe(second.pid)
})
