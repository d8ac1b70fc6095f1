import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type Config, readConfig } from '../../../src/config.ts'
import { findServerBinary } from '../../../src/temporal/server-binary.ts'

let folder: string
let bin: string
let config: Config

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'server-binary-'))
  bin = join(folder, 'on-path')
  await mkdir(bin)
  config = readConfig({ COMMIT_SUITE_HOME: join(folder, 'home'), COMMIT_SUITE_CACHE: join(folder, 'cache') })
  vi.stubEnv('PATH', [bin, '/usr/bin', '/bin'].join(delimiter))
  // No test leaves this machine: the SDK's download honours a proxy, and none listens there.
  for (const name of ['HTTPS_PROXY', 'https_proxy', 'ALL_PROXY']) vi.stubEnv(name, 'http://127.0.0.1:1')
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await rm(folder, { recursive: true, force: true })
})

async function script(path: string, ...lines: string[]): Promise<string> {
  await mkdir(join(path, '..'), { recursive: true })
  await writeFile(path, ['#!/bin/sh', ...lines, ''].join('\n'))
  await chmod(path, 0o755)
  return path
}

const printing = (server: string): string => `echo 'temporal version 1.5.1 (Server ${server}, UI 2.42.1)'`
const cached = (): string => join(config.cacheDir, 'bin', 'temporal-1.5.1')

test('a recent Temporal on PATH comes before the cache', async () => {
  const path = await script(join(bin, 'temporal'), printing('1.30.0-151.1'))
  await script(cached(), printing('1.29.1'))
  expect(await findServerBinary(config, { offline: true })).toEqual({ path, source: 'path' })
})

test.each([
  ['another program of that name', `echo 'temporal: a calendar'`],
  ['one whose server is too old', printing('1.28.0')],
  ['one that does not run', 'exit 3'],
])('%s on PATH is passed over for the cache', async (_, line) => {
  await script(join(bin, 'temporal'), line)
  await script(cached(), printing('1.29.1'))
  expect(await findServerBinary(config, { offline: true })).toEqual({ path: cached(), source: 'cache' })
})

test('offline nothing is fetched, and the error says what was passed over and what to do', async () => {
  await script(join(bin, 'temporal'), printing('1.28.0'))
  await script(join(bin, 'go'), `touch ${join(folder, 'go-ran')}`)
  await expect(findServerBinary(config, { offline: true })).rejects.toMatchObject({
    code: 'temporal_unavailable',
    message: expect.stringMatching(/holds server 1\.28\.0, older than 1\.29.*Do one of three things/),
  })
  expect(await readdir(folder)).not.toContain('go-ran')
})

test('two that need a server at once have it built once, and both get it', async () => {
  const log = join(folder, 'builds')
  await script(
    join(bin, 'go'),
    `echo "$*" >> ${log}`,
    `cat > "$GOBIN/temporal" <<'END'\n#!/bin/sh\n${printing('1.29.1')}\nEND`,
    'chmod 755 "$GOBIN/temporal"',
  )
  const told: string[] = []
  const found = await Promise.all([1, 2].map(() => findServerBinary(config, { onProgress: (line) => told.push(line) })))
  expect(found.map(({ path }) => path)).toEqual([cached(), cached()])
  expect(found.map(({ source }) => source).sort()).toEqual(['cache', 'go install'])
  expect(await readFile(log, 'utf8')).toBe('install github.com/temporalio/cli/cmd/temporal@v1.5.1\n')
  expect(told.join('\n')).toMatch(/building the Temporal server/)
  expect((await readdir(join(config.cacheDir, 'bin'))).filter((name) => name.startsWith('building'))).toEqual([])
})

test('a build that fails leaves nothing behind and its last words are in the error', async () => {
  await script(join(bin, 'go'), `echo 'go: no required module' >&2`, 'exit 1')
  await expect(findServerBinary(config)).rejects.toThrow(/go install failed: go: no required module/)
  expect((await readdir(join(config.cacheDir, 'bin'))).filter((name) => name !== 'install.lock')).toEqual([])
})

test('a build ends when nobody waits for it any more', async () => {
  await script(join(bin, 'go'), 'sleep 60')
  const controller = new AbortController()
  const finding = findServerBinary(config, {
    signal: controller.signal,
    onProgress: (line) => {
      if (line.startsWith('building')) controller.abort(new Error('no longer needed'))
    },
  })
  await expect(finding).rejects.toThrow('no longer needed')
})
