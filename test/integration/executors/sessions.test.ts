import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { SessionRef } from '../../../src/contract/index.ts'
import { createLocalExecutor, type LocalExecutor } from '../../../src/executors/local/executor.ts'
import { loadTemplate } from '../../../src/frameworks/templates.ts'
import { makeFixture, prepared, runShell } from './executor-fixture.ts'

const DAY_MS = 24 * 3_600_000
const context = { signal: new AbortController().signal, heartbeat: () => undefined }
const session: SessionRef = { chat: '14', user: '7', key: 'ci' }
const generic = await loadTemplate('generic')

let stateDir: string
let executor: LocalExecutor
beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'cs-sessions-'))
  executor = createLocalExecutor({ stateDir, runnerIdleMs: 1_000 })
})
afterEach(async () => {
  await executor.close()
  await rm(stateDir, { recursive: true, force: true })
})

const ensure = (wanted: SessionRef, createdBy: string) =>
  executor.ensureSession({ session: wanted, template: generic, createdBy }, context)
const ownerFile = (name: string) => join(stateDir, 'sessions', name, 'owner.json')
const owner = async (name: string) => JSON.parse(await readFile(ownerFile(name), 'utf8'))
const change = async (name: string, fields: object) =>
  writeFile(ownerFile(name), JSON.stringify({ ...(await owner(name)), ...fields }))

describe('the place of a session on this host', () => {
  it('is made once, says whose it is, and stays for 24 h after the last request', async () => {
    expect(await executor.findSession({ session }, context)).toBeUndefined()
    expect(await ensure(session, 'a')).toMatchObject({ namespace: 'im-14-7', existed: false })
    expect(await executor.findSession({ session }, context)).toBe('im-14-7')
    const beganMs = Date.now()
    expect(await ensure(session, 'b')).toMatchObject({ namespace: 'im-14-7', existed: true })
    const found = await owner('im-14-7')
    expect(found).toMatchObject({ ...session, projectType: 'generic', createdBy: 'a' })
    expect(Date.parse(found.expiresAt)).toBeGreaterThanOrEqual(beganMs + DAY_MS)
  })

  it('was made by the request that asks again after a crash', async () => {
    expect(await ensure(session, 'a')).toMatchObject({ existed: false })
    expect(await ensure(session, 'a')).toMatchObject({ existed: false })
  })

  it('is that of one chat, user and key only: another gets a hash behind its name', async () => {
    expect(await ensure({ chat: 'a-b', user: 'c', key: '' }, 'a')).toMatchObject({ namespace: 'im-a-b-c' })
    const others = [
      { chat: 'a', user: 'b-c', key: '' },
      { chat: 'a-b', user: 'c', key: 'other' },
      { chat: 'a-b-c', user: '', key: '' },
    ]
    const names = await Promise.all(others.map(async (other) => (await ensure(other, 'a')).namespace))
    for (const name of names) expect(name).toMatch(/^im-a-b-c-[0-9a-f]{8}$/)
    expect(new Set(names).size).toBe(3)
    expect(await ensure({ chat: 'a', user: 'b-c', key: '' }, 'b')).toMatchObject({ namespace: names[0], existed: true })
  })

  it('is made anew where it expired, was removed or cannot be read', async () => {
    await ensure(session, 'a')
    await change('im-14-7', { expiresAt: new Date(Date.now() - 1).toISOString() })
    expect(await executor.findSession({ session }, context)).toBeUndefined()
    expect(await ensure(session, 'b')).toMatchObject({ namespace: 'im-14-7', existed: false })
    await rm(join(stateDir, 'sessions', 'im-14-7'), { recursive: true })
    expect(await ensure(session, 'c')).toMatchObject({ namespace: 'im-14-7', existed: false })
    await writeFile(ownerFile('im-14-7'), '{"chat":')
    expect(await ensure(session, 'd')).toMatchObject({ namespace: 'im-14-7', existed: false })
  })

  it('goes by gc when it expired, and not before', async () => {
    await ensure(session, 'a')
    await ensure({ ...session, chat: '15' }, 'a')
    await change('im-14-7', { expiresAt: new Date(Date.now() - 1).toISOString() })
    const removed = [expect.objectContaining({ name: 'sessions/im-14-7' })]
    expect(await executor.collectGarbage(0, { dryRun: true })).toEqual(removed)
    expect(await executor.collectGarbage(0)).toEqual(removed)
    expect(await readdir(join(stateDir, 'sessions'))).toEqual(['im-15-7'])
  })
})

it('keeps the workspace of the last run of its last request, and that one only', async () => {
  const fixture = await makeFixture()
  try {
    const treeKey = await prepared(fixture)
    const folder = join(fixture.stateDir, 'sessions', 'im-14-7')
    const inodes: number[] = []
    for (const suite of ['suite-a', 'suite-b']) {
      const lane = { suite, sha: fixture.sha, session }
      const commit = { ...lane, repo: '/r', template: generic, limits: {}, parallelism: 1 }
      const existed = suite === 'suite-b'
      expect(await fixture.executor.provision(commit, context)).toMatchObject({ namespace: 'im-14-7', existed })
      const completion = await runShell(fixture, treeKey, 'echo made > made', { suite })
      await completion.dispose()
      await fixture.executor.release({ ...lane, keep: false })
      inodes.push((await stat(join(folder, 'workspace'))).ino)
      expect(await readdir(join(fixture.stateDir, 'runs'))).toEqual([])
      expect(JSON.parse(await readFile(join(folder, 'owner.json'), 'utf8'))).toMatchObject({
        last: { suite, sha: fixture.sha },
      })
    }
    expect(new Set(inodes).size).toBe(2)
  } finally {
    await fixture.remove()
  }
})
