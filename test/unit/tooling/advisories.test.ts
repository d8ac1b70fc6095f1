import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { execa } from 'execa'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type Answer, answeringServer } from '../../support/answering-server.ts'

const BULK = '/-/npm/v1/security/advisories/bulk'
const advisory = (severity: string) => ({
  ...{
    id: 1,
    url: 'https://example.org/GHSA-1',
    title: 'Prototype pollution',
    severity,
    vulnerable_versions: '<2.0.0',
  },
})

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'advisories-'))
})
afterEach(() => rm(folder, { recursive: true }))

/** Checks a lock file with a package that ships and one that does not, against a registry that answers like that. */
async function check(answer: Answer, ...args: string[]) {
  const registry = await answeringServer(({ path }) => (path === BULK ? answer : { status: 404, body: {} }))
  const root = { dependencies: { ships: '1.0.0' }, devDependencies: { builds: '1.0.0' } }
  const packages = {
    '': { name: 'checked', version: '1.0.0', ...root },
    'node_modules/ships': { version: '1.0.0' },
    'node_modules/builds': { version: '1.0.0', dev: true },
  }
  await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'checked', version: '1.0.0', ...root }))
  const lock = { name: 'checked', version: '1.0.0', lockfileVersion: 3, requires: true, packages }
  await writeFile(join(folder, 'package-lock.json'), JSON.stringify(lock))
  await writeFile(join(folder, '.npmrc'), `registry=${registry.url}\ncache=${join(folder, 'cache')}\nfetch-retries=0\n`)
  // The registry of whoever runs the tests would come before that of the folder.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_config_/i.test(name)))
  const script = resolve('scripts/check-advisories.ts')
  const options = { cwd: folder, env, extendEnv: false, all: true, reject: false } as const
  const { exitCode, all } = await execa(process.execPath, [script, ...args], options)
  await registry.close()
  return { exitCode, all, asked: registry.asked.filter(({ path }) => path === BULK).length }
}

it.each([
  [
    'anything on what ships',
    { ships: [advisory('low')] },
    'ships: low: Prototype pollution https://example.org/GHSA-1',
  ],
  ['what is serious on what builds', { builds: [advisory('critical')] }, 'builds: critical, not shipped: Prototype'],
])('an advisory fails the check: %s', async (_what, body, said) => {
  const { exitCode, all } = await check({ status: 200, body })
  expect(all).toContain(said)
  expect(exitCode).toBe(1)
})

it.each([
  ['none', {}],
  ['a moderate one on what builds', { builds: [advisory('moderate')] }],
  ['one on another version', { ships: [{ ...advisory('high'), vulnerable_versions: '>=2.0.0' }] }],
])('%s passes', async (_what, body) => {
  const checked = await check({ status: 200, body })
  expect(checked).toMatchObject({ exitCode: 0, all: '3 packages asked about, 0 problems', asked: 1 })
})

it('a registry that does not tell is a notice, and a failure where telling is required', async () => {
  const mirror = { status: 405, body: {} }
  const softly = await check(mirror)
  expect(softly).toMatchObject({ exitCode: 0, all: expect.stringMatching(/^notice: advisories were NOT checked.*405/) })
  expect(await check(mirror, '--require')).toMatchObject({ exitCode: 1 })
})
