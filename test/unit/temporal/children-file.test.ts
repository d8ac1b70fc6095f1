import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Config, readConfig } from '../../../src/config.ts'
import { isSameProcess, type ProcessIdentity, processIdentity } from '../../../src/process/identity.ts'
import { ChildrenFile, endOrphans } from '../../../src/temporal/supervisor/children-file.ts'

const children: ChildProcess[] = []
let config: Config

beforeEach(async () => {
  config = readConfig({ COMMIT_SUITE_HOME: await mkdtemp(join(tmpdir(), 'children-')), COMMIT_SUITE_CACHE: tmpdir() })
})
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  await rm(config.stateDir, { recursive: true, force: true })
})

async function sleeper(): Promise<ProcessIdentity> {
  const child = spawn('sleep', ['60'])
  children.push(child)
  await once(child, 'spawn')
  const identity = child.pid === undefined ? undefined : await processIdentity(child.pid)
  if (identity === undefined) throw new Error('no sleeper')
  return identity
}

test('recorded children are ended, a process that merely has the pid of one is not', async () => {
  const [orphan, stranger] = [await sleeper(), await sleeper()]
  const file = new ChildrenFile(config)
  await file.note('worker', orphan)
  await file.note('server', { ...stranger, startTime: 'of another process' })
  expect(await endOrphans(config)).toBe(1)
  expect(await isSameProcess(orphan)).toBe(false)
  expect(await isSameProcess(stranger)).toBe(true)
})

test('a child that ended is no longer on record, and the record goes with its supervisor', async () => {
  const child = await sleeper()
  const file = new ChildrenFile(config)
  await Promise.all([file.note('worker', child), file.note('worker', undefined)])
  expect(await endOrphans(config)).toBe(0)
  expect(await isSameProcess(child)).toBe(true)
  await file.note('worker', child)
  await file.remove()
  expect(existsSync(join(config.stateDir, 'supervisor-children.json'))).toBe(false)
})
