import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { connectCluster } from '../../../../src/executors/kubernetes/cluster/connect.ts'
import { keepEnvironment } from '../../../../src/executors/kubernetes/environments/keep.ts'
import { openStore } from '../../../../src/store/open.ts'
import type { Store } from '../../../../src/store/store.ts'
import { spec } from '../../../unit/cli/fixture.ts'
import { Environments, freshLane, never } from './environments.ts'

let environments: Environments
let stateDir: string
let store: Store
beforeAll(async () => {
  environments = new Environments(await connectCluster(undefined))
  stateDir = await mkdtemp(join(tmpdir(), 'garbage-'))
  store = await openStore({ stateDir, artifacts: join(stateDir, 'artifacts') })
})
afterAll(async () => {
  await store.close()
  await rm(stateDir, { recursive: true, force: true })
  await environments.removeAll()
})

const cli = (...args: string[]) =>
  execa('node', ['bin/commit-suite.js', ...args], { env: { COMMIT_SUITE_HOME: stateDir }, reject: false })

async function recordedLane(ended: boolean) {
  const lane = freshLane()
  const { suite: id, repo } = lane
  await store.suites.create({ spec: spec({ id, repo }), requestDigest: 'digest', seeds: [] })
  if (ended) {
    const data = { status: 'completed' as const }
    await store.suites.setStatus(id, 'completed', { suite: id, type: 'suite.finished', subject: id, ordinal: 0, data })
  }
  return { lane, namespace: await environments.ensure(lane) }
}

const garbageSchema = z.object({ environments: z.array(z.object({ namespace: z.string(), reason: z.string() })) })

test('gc takes what suites on record left, and says what it would take', async () => {
  const [open, ended, kept] = [await recordedLane(false), await recordedLane(true), await recordedLane(true)]
  await keepEnvironment(environments.cluster, kept.namespace, kept.lane, new Date(Date.now() + 3_600_000), never)
  const ours = [open, ended, kept].map(({ namespace }) => namespace)
  for (const flags of [['--dry-run'], []]) {
    const { exitCode, stdout } = await cli('gc', '--older-than', '0s', '--json', ...flags)
    const taken = garbageSchema
      .parse(JSON.parse(stdout))
      .environments.filter(({ namespace }) => ours.includes(namespace))
    expect(exitCode).toBe(0)
    expect(taken).toMatchObject([{ namespace: ended.namespace, reason: 'suite ended' }])
    expect(await environments.isGoing(ended.namespace)).toBe(flags.length === 0)
  }
  expect(await environments.isGoing(open.namespace)).toBe(false)
  expect(await environments.isGoing(kept.namespace)).toBe(false)
})

test('environments of an open suite are listed and not removed by name; others are', async () => {
  const [open, ended] = [await recordedLane(false), await recordedLane(true)]
  const listed = await cli('environments', 'list')
  expect(listed.stdout).toMatch(
    new RegExp(`^${open.namespace} .*suite ${open.lane.suite} at 0123456789ab.* active`, 'm'),
  )
  const refused = await cli('environments', 'remove', ended.namespace, open.namespace)
  expect(refused).toMatchObject({ exitCode: 3, stderr: expect.stringContaining(`cancel ${open.lane.suite}`) })
  expect(await environments.isGoing(ended.namespace)).toBe(false)
  expect(await cli('environments', 'remove', ended.namespace)).toMatchObject({ exitCode: 0, stdout: ended.namespace })
  expect(await environments.isGoing(ended.namespace)).toBe(true)
})
