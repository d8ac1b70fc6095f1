import { once } from 'node:events'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http2'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Config } from '../../../src/config.ts'
import { isAtLeast } from '../../../src/temporal/doctor/check.ts'
import { checkControlGroups } from '../../../src/temporal/doctor/isolation.ts'
import { checkNode, judgeGit } from '../../../src/temporal/doctor/programs.ts'
import { type Check, runDoctor } from '../../../src/temporal/doctor.ts'
import { acquireStack } from '../../../src/temporal/supervisor/client.ts'
import { endStack, freshConfig, supervisorModule } from './stack-fixture.ts'

let config: Config

beforeEach(async () => {
  config = await freshConfig()
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await endStack(config)
})

async function check(name: string, of = config): Promise<Check> {
  const found = (await runDoctor(of)).checks.find((one) => one.name === name)
  if (found === undefined) throw new Error(`no check ${name}`)
  return found
}

test('every check that is not ok has a remedy, and the doctor leaves nothing behind', async () => {
  const { checks } = await runDoctor(config)
  expect(checks.map(({ name }) => name)).toEqual([
    'node',
    'git',
    'state directory',
    'result database',
    'artifacts',
    'socket path',
    'Temporal server',
    'running stack',
    'TEMPORAL_ADDRESS',
    'mount and PID namespaces, overlay',
    'sandbox',
    'control groups',
    'isolation programs',
    'cluster',
    'COMMIT_SUITE_NOTIFY',
    'COMMIT_SUITE_PAYLOAD_KEYS',
    'bash',
    'python3',
    'go',
  ])
  for (const one of checks) expect(one.status === 'ok' || (one.remedy ?? '') !== '', one.name).toBe(true)
  expect(checks.slice(0, 6).map(({ status }) => status)).toEqual(Array(6).fill('ok'))
  expect(await readdir(config.stateDir)).toEqual([])
})

test('a state directory that cannot be made fails with the reason', async () => {
  const file = join(config.stateDir, 'file')
  await writeFile(file, '')
  const found = await check('state directory', { ...config, stateDir: join(file, 'below') })
  expect(found).toMatchObject({ status: 'failed', detail: expect.stringContaining('ENOTDIR') })
})

test('programs that are missing are named', async () => {
  const empty = await mkdtemp(join(tmpdir(), 'no-programs-'))
  vi.stubEnv('PATH', empty)
  expect(await check('git')).toMatchObject({ status: 'failed', detail: 'not found' })
  expect(await check('isolation programs')).toMatchObject({
    status: 'warning',
    detail: 'not found: unshare, setpriv, mount',
  })
  expect((await check('Temporal server', { ...config, cacheDir: empty })).status).toBe('warning')
  await rm(empty, { recursive: true })
})

test('an own server that does not answer fails, whatever it is instead', async () => {
  const server = createServer()
  server.on('stream', (stream) => stream.respond({ ':status': 404 }, { endStream: true }))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  try {
    const own = { ...config, temporalAddress: `127.0.0.1:${port}` }
    expect(await check('TEMPORAL_ADDRESS', own)).toMatchObject({
      status: 'failed',
      detail: expect.stringContaining(String(port)),
    })
  } finally {
    server.close()
  }
})

test('the running stack is shown with its Web UI, and answers as an own server would', async () => {
  const lease = await acquireStack(config, { supervisorModule })
  try {
    expect(await check('running stack')).toMatchObject({
      status: 'ok',
      detail: expect.stringContaining(`ready, pid ${lease.pid}`),
    })
    const own = { ...config, temporalAddress: lease.temporalAddress }
    expect(await check('TEMPORAL_ADDRESS', own)).toMatchObject({ status: 'ok' })
    const elsewhere = { ...own, temporalNamespace: 'of-nobody' }
    expect(await check('TEMPORAL_ADDRESS', elsewhere)).toMatchObject({ status: 'failed' })
  } finally {
    await lease.release()
  }
})

test('versions are compared number by number', () => {
  expect(['2.30.9', '2.31.0', '2.37.7', '2.38.0', '3.0'].map((version) => judgeGit(version).status)).toEqual([
    'failed',
    'warning',
    'warning',
    'ok',
    'ok',
  ])
  expect([isAtLeast('2.9', '2.30'), isAtLeast('2.30.1', '2.30'), isAtLeast('3', '2.30')]).toEqual([false, true, true])
  expect(checkNode('20.1.0')).toMatchObject({ status: 'failed', remedy: expect.stringContaining('22.19') })
})

test('a host without control groups gets a warning', async () => {
  expect(await checkControlGroups(join(config.stateDir, 'none'))).toMatchObject({ status: 'warning', detail: 'none' })
})
