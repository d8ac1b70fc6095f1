import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { isSameProcess, processIdentity } from '../../../src/process/identity.ts'
import { acquireLock } from '../../../src/process/lock-file.ts'

const lockModule = resolve('src/process/lock-file.ts')
const children: ChildProcess[] = []
let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lock-file-'))
})
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  await rm(folder, { recursive: true, force: true })
})

function startNode(source: string): ChildProcess {
  const args = ['--input-type=module', '--eval', `import { acquireLock } from '${lockModule}'\n${source}`]
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  children.push(child)
  return child
}

async function firstLine(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error('no stdout')
  const [line] = await once(createInterface(child.stdout), 'line')
  return String(line)
}

test('processes that count under the lock lose no update', async () => {
  const counter = join(folder, 'counter')
  await writeFile(counter, '0')
  const source = `
    import { readFileSync, writeFileSync } from 'node:fs'
    for (let i = 0; i < 10; i++) {
      const lock = await acquireLock('${join(folder, 'lock')}')
      const value = Number(readFileSync('${counter}', 'utf8'))
      await new Promise((next) => setImmediate(next))
      writeFileSync('${counter}', String(value + 1))
      await lock.release()
    }`
  await Promise.all(Array.from({ length: 3 }, () => once(startNode(source), 'exit')))
  expect(await readFile(counter, 'utf8')).toBe('30')
})

test('the lock of a process that was killed is free, and whoever waits is told who holds it', async () => {
  const path = join(folder, 'deep', 'lock')
  const holder = startNode(`await acquireLock('${path}'); console.log('held'); setInterval(() => {}, 1000)`)
  await firstLine(holder)
  let waitedFor = 0
  const waiting = acquireLock(path, {
    onWait: ({ pid }) => {
      waitedFor = pid
      holder.kill('SIGKILL')
    },
  })
  const lock = await waiting
  expect(waitedFor).toBe(holder.pid)
  await lock.release()
})

test('two users in one process exclude each other, and waiting can be aborted', async () => {
  const path = join(folder, 'lock')
  const first = await acquireLock(path)
  const controller = new AbortController()
  const second = acquireLock(path, {
    signal: controller.signal,
    onWait: () => controller.abort(),
  })
  await expect(second).rejects.toThrow(/abort/i)
  await first.release()
  const third = await acquireLock(path)
  await third.release()
})

test('an identity outlives neither its process nor a reuse of the pid', async () => {
  const child = startNode(`console.log('up'); setInterval(() => {}, 1000)`)
  await firstLine(child)
  const identity = await processIdentity(child.pid ?? 0)
  if (identity === undefined) throw new Error('no identity of a living process')
  expect(await isSameProcess(identity)).toBe(true)
  expect(await isSameProcess({ ...identity, startTime: 'another' })).toBe(false)
  child.kill('SIGKILL')
  await once(child, 'exit')
  expect(await isSameProcess(identity)).toBe(false)
})

test.runIf(process.platform === 'linux')('a zombie counts as gone', async () => {
  // The shell starts a child that ends at once and then becomes a program that never waits for it.
  const parent = spawn('sh', ['-c', 'sleep 0.2 & echo $!; exec sleep 60'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  children.push(parent)
  const pid = Number(await firstLine(parent))
  await expect.poll(() => readFile(`/proc/${pid}/stat`, 'utf8')).toContain(') Z ')
  expect(await processIdentity(pid)).toBeUndefined()
})
