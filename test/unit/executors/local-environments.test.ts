import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { localEnvironments } from '../../../src/executors/local/environments.ts'
import { type Places, placesIn } from '../../../src/executors/local/places.ts'
import { ensureSession } from '../../../src/executors/local/sessions.ts'
import { keepWorkspace, makeWorkspace } from '../../../src/executors/local/workspace.ts'

let stateDir: string
let places: Places
beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'cs-environments-'))
  places = placesIn(stateDir)
})
afterEach(() => rm(stateDir, { recursive: true, force: true }))

const SHA = 'a'.repeat(40)
const open = () => localEnvironments(stateDir, async (suite) => (suite === 'nightly' ? '/repositories/one' : undefined))
const workspace = (suite: string) => makeWorkspace(places, { name: `${suite}/0`, suite, sha: SHA, treeKey: 'k' })

test('workspaces are listed with whose they are, whether they are kept, and what they take', async () => {
  const kept = workspace('nightly')
  await keepWorkspace(kept)
  await writeFile(join(kept, 'core'), Buffer.alloc(1_000_000))
  const current = workspace('unknown')
  const found = new Map((await open().list()).map((one) => [one.namespace, one]))
  expect([...found.keys()].toSorted()).toEqual([basename(kept), basename(current)].toSorted())
  expect(found.get(basename(kept))).toMatchObject({
    owner: { kind: 'lane', suite: 'nightly', sha: SHA, repo: '/repositories/one' },
    ...{ phase: 'Kept', expiresAt: undefined, pods: 0, suites: ['nightly'] },
    spent: { cpuHours: 0, memoryGibHours: 0 },
  })
  expect(found.get(basename(kept))?.holding.diskBytes).toBeGreaterThanOrEqual(1_000_000)
  expect(found.get(basename(current))).toMatchObject({ phase: 'Active', owner: { repo: '' } })
})

test('what is removed is gone, and nothing else', async () => {
  const [kept, other] = [workspace('nightly'), workspace('nightly')]
  const access = open()
  const chosen = (await access.list()).find(({ namespace }) => namespace === basename(kept))
  if (chosen !== undefined) await access.remove(chosen)
  expect([existsSync(kept), existsSync(other)]).toEqual([false, true])
})

test('sessions are listed until they expire, and can be removed before', async () => {
  const session = { chat: '14', user: '7', key: 'k' }
  const touch = { session, projectType: 'python', createdBy: 'one', last: { suite: 'nightly', sha: SHA } }
  const { namespace } = await ensureSession(places, touch, new AbortController().signal)
  const access = open()
  const [found, ...rest] = await access.list()
  expect(rest).toEqual([])
  expect(found).toMatchObject({ namespace, owner: { kind: 'session', session }, suites: ['nightly'] })
  expect(found?.expiresAt?.getTime()).toBeGreaterThan(Date.now())
  if (found !== undefined) await access.remove(found)
  expect(await access.list()).toEqual([])
})

test('a machine without any has none', async () => {
  expect(await open().list()).toEqual([])
})
