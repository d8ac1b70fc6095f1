import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { execa } from 'execa'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { readTally } from '../../../scripts/tally.ts'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'commit-suite-reporter-'))
  await symlink(resolve('node_modules'), join(dir, 'node_modules'))
})
afterEach(() => rm(dir, { recursive: true, force: true }))

/** What the reporter writes about a vitest run over one file. */
async function tallyOf(test: string) {
  await writeFile(join(dir, 'planted.test.ts'), `import { beforeAll, describe, expect, it } from 'vitest'\n${test}`)
  await writeFile(join(dir, 'vitest.config.ts'), 'export default {}\n')
  const reporter = resolve('scripts/tally-reporter.ts')
  await execa(process.execPath, [resolve('node_modules/vitest/vitest.mjs'), 'run', `--reporter=${reporter}`], {
    cwd: dir,
    env: { TALLY_NAME: 'planted', TALLY_DIR: dir },
    reject: false,
  })
  return readTally(dir, 'planted')
}

it('counts what passed, failed and was skipped, with reasons', async () => {
  const tally = await tallyOf(`
    it('holds', () => expect(1).toBe(1))
    it('breaks', () => { throw new Error('the reason\\nmore') })
    it('cannot', (context) => context.skip('no such thing here'))
    it.skip('will not', () => undefined)
  `)
  expect(tally).toEqual({
    name: 'planted',
    passed: 1,
    failed: ['planted.test.ts > breaks: the reason'],
    skipped: ['planted.test.ts > cannot: no such thing here', 'planted.test.ts > will not'],
  })
})

it('counts a hook that fails, though its tests are only skipped', async () => {
  const tally = await tallyOf(`
    describe('group', () => {
      beforeAll(() => { throw new Error('no server') })
      it('needs it', () => expect(1).toBe(1))
    })
  `)
  expect(tally.failed.length).toBeGreaterThan(0)
})

it('counts a file that cannot be loaded', async () => {
  const tally = await tallyOf(`import './absent.ts'\nit('holds', () => expect(1).toBe(1))`)
  expect(tally.failed.length).toBe(1)
  expect(tally.failed[0]).toContain('planted.test.ts')
})
