import { execFile } from 'node:child_process'
import { symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { promisify } from 'node:util'
import { describe, expect, onTestFinished, test } from 'vitest'
import { openArtifacts } from '../../../src/store/open-artifacts.ts'
import { SHA } from './samples.ts'
import { temporaryArtifacts, temporaryDirectory } from './temporary-store.ts'

// What holds of artifacts wherever they lie: integration/store/on-s3.test.ts runs this on a bucket too.

const key = { suite: 's-1', sha: SHA, attempt: 3, generation: 0 }
const run = `s-1/${SHA.slice(0, 12)}/3`

async function artifactStore() {
  const { place, list } = await temporaryArtifacts()
  const artifacts = await openArtifacts(place, 10_000)
  onTestFinished(() => artifacts.close())
  return { artifacts, list }
}

async function sourceFile(bytes: Uint8Array): Promise<string> {
  const path = join(await temporaryDirectory(), 'source')
  await writeFile(path, bytes)
  return path
}

test('artifacts lie by suite, commit, attempt and generation', async () => {
  const { artifacts, list } = await artifactStore()
  expect(await artifacts.putBytes(key, 'reports/ab.xml', Buffer.from('one'))).toEqual({
    name: 'reports/ab.xml',
    sizeBytes: 3,
  })
  await artifacts.putBytes({ ...key, generation: 2 }, 'x', Buffer.from('two'))
  expect(await list()).toEqual([`${run}.g2/x`, `${run}/reports/ab.xml`])
  expect(await artifacts.get(key, 'reports/ab.xml')).toEqual(Buffer.from('one'))
  expect(await artifacts.sizeOf(key, 'reports/ab.xml')).toBe(3)
})

test('what is not there is undefined, however it is asked for', async () => {
  const { artifacts } = await artifactStore()
  await artifacts.putBytes(key, 'reports/ab.xml', Buffer.from('one'))
  for (const name of ['reports/other.xml', 'reports/ab.xml/below']) {
    expect(await artifacts.get(key, name)).toBeUndefined()
    expect(await artifacts.open(key, name)).toBeUndefined()
    expect(await artifacts.read(key, name, 0, 10)).toBeUndefined()
    expect(await artifacts.sizeOf(key, name)).toBeUndefined()
  }
  expect(await artifacts.get({ ...key, attempt: 4 }, 'reports/ab.xml')).toBeUndefined()
})

test('the last that was put under a name is what is there', async () => {
  const { artifacts } = await artifactStore()
  for (const words of ['a longer text', 'short', '']) {
    await artifacts.putBytes(key, 'x', Buffer.from(words))
    expect(await artifacts.get(key, 'x')).toEqual(Buffer.from(words))
    expect(await artifacts.read(key, 'x', 0, 100)).toEqual({
      bytes: Buffer.from(words),
      sizeBytes: words.length,
    })
  }
})

test.each([0, 3, 20_000_000])('a file of %d bytes is copied to its place, and its source stays', async (size) => {
  const { artifacts } = await artifactStore()
  const bytes = Buffer.alloc(
    size,
    Uint8Array.from({ length: 251 }, (_, index) => index * 7),
  )
  const source = await sourceFile(bytes)
  expect(await artifacts.putFile(key, 'core', source)).toEqual({ name: 'core', sizeBytes: size })
  expect(await artifacts.putFile(key, 'core', source)).toEqual({ name: 'core', sizeBytes: size })
  const opened = await artifacts.open(key, 'core')
  expect(opened?.sizeBytes).toBe(size)
  expect(opened !== undefined && bytes.equals(await buffer(opened.body))).toBe(true)
})

test('a part is read from any offset, and tells how large the whole is', async () => {
  const { artifacts } = await artifactStore()
  await artifacts.putBytes(key, 'x', Buffer.from('0123456789'))
  const read = async (offset: number, limit: number) => {
    const part = await artifacts.read(key, 'x', offset, limit)
    return [Buffer.from(part?.bytes ?? []).toString(), part?.sizeBytes]
  }
  expect(await read(0, 4)).toEqual(['0123', 10])
  expect(await read(7, 100)).toEqual(['789', 10])
  expect(await read(9, 1)).toEqual(['9', 10])
  expect(await read(10, 5)).toEqual(['', 10])
  expect(await read(4_000, 5)).toEqual(['', 10])
  expect(await read(2, 0)).toEqual(['', 10])
})

test('a link is not followed, and neither a folder nor a pipe is copied', async () => {
  const { artifacts, list } = await artifactStore()
  const directory = await temporaryDirectory()
  await symlink('/etc/passwd', join(directory, 'link'))
  await promisify(execFile)('mkfifo', [join(directory, 'pipe')])
  for (const path of [join(directory, 'link'), join(directory, 'pipe'), directory, '/dev/zero']) {
    await expect(artifacts.putFile(key, 'report.xml', path)).rejects.toMatchObject({ code: 'invalid_input' })
  }
  const missing = artifacts.putFile(key, 'report.xml', join(directory, 'missing'))
  await expect(missing).rejects.toMatchObject({ code: 'artifact_store_failed', detail: { rule: 'ENOENT' } })
  expect(await list()).toEqual([])
})

describe('a name that leads elsewhere is refused', () => {
  const names = ['', '..', '../x', 'a/../b', '/etc/passwd', 'a//b', './a', 'a\0b', 'a\\b', 'a/', '\ud800']
  const long = ['x'.repeat(256), `${'dir/'.repeat(256)}x`]
  test.each([...names, ...long])('%j', async (name) => {
    const { artifacts, list } = await artifactStore()
    const refused = { code: 'invalid_input' }
    await expect(artifacts.putBytes(key, name, Buffer.from('x'))).rejects.toMatchObject(refused)
    await expect(artifacts.putFile(key, name, '/nowhere')).rejects.toMatchObject(refused)
    await expect(artifacts.get(key, name)).rejects.toMatchObject(refused)
    await expect(artifacts.open(key, name)).rejects.toMatchObject(refused)
    await expect(artifacts.read(key, name, 0, 1)).rejects.toMatchObject(refused)
    await expect(artifacts.sizeOf(key, name)).rejects.toMatchObject(refused)
    expect(await list()).toEqual([])
  })
})

/** Names that a test may give its report, and that some store or other would take for something else. */
const STRANGE = [
  ...['a b+c.xml', 'a%20b+c.xml', '100%', '%2e%2e/x', 'ünï/ö', '日本語/レポート.xml', '🙂'],
  ...['a\nb', 'a\u0001b', 'a?x=1&y=2', 'a#b', '<x>&"\'</x>', "!*'()", '=0', '...', '.sgwtmp', ' ', '~', '\ufffe'],
  ...['ü'.repeat(127), 'x'.repeat(255), `${'d/'.repeat(500)}x`, `${'ü/'.repeat(300)}x`],
]

test('strange names are kept apart, read under their own name, and go with their suite', async () => {
  const { artifacts, list } = await artifactStore()
  for (const name of STRANGE) await artifacts.putBytes(key, name, Buffer.from(name))
  for (const name of STRANGE) {
    expect(Buffer.from((await artifacts.get(key, name)) ?? []).toString()).toBe(name)
    expect(await artifacts.sizeOf(key, name)).toBe(Buffer.byteLength(name))
  }
  expect(await list()).toHaveLength(STRANGE.length)
  await artifacts.removeSuite('s-1')
  expect(await list()).toEqual([])
})

test('a suite goes with all its artifacts and none of another, and may go twice', async () => {
  const { artifacts, list } = await artifactStore()
  for (const suite of ['s-1', 's-10', 's']) await artifacts.putBytes({ ...key, suite }, 'x', Buffer.from('x'))
  await artifacts.putBytes({ ...key, attempt: 4 }, 'reports/y', Buffer.from('y'))
  await artifacts.removeSuite('s-1')
  await artifacts.removeSuite('s-1')
  expect(await list()).toEqual(['s-10', 's'].map((suite) => `${suite}/${SHA.slice(0, 12)}/3/x`))
})

test('a suite with an impossible id is not removed', async () => {
  const { artifacts } = await artifactStore()
  for (const suite of ['..', '', 'S', 's/1']) {
    await expect(artifacts.removeSuite(suite)).rejects.toMatchObject({ code: 'invalid_input' })
  }
})
