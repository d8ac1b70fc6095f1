import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readProjectDefaults, readUserDefaults } from '../../../src/cli/config-file/defaults.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'defaults-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

test('a project file is found from inside the project, and not above its working tree', async () => {
  const project = join(folder, 'project')
  await mkdir(join(project, '.git'), { recursive: true })
  await mkdir(join(project, 'src', 'deep'), { recursive: true })
  await writeFile(join(folder, '.commit-suite.yml'), 'runs: 1\n')
  expect(await readProjectDefaults(join(project, 'src', 'deep'))).toEqual({})
  await writeFile(join(project, '.commit-suite.yml'), 'runs: 2\ntimeout: 10s\n')
  expect(await readProjectDefaults(join(project, 'src', 'deep'))).toEqual({ runs: 2, timeoutMs: 10_000 })
})

test('an empty file says nothing', async () => {
  await writeFile(join(folder, '.commit-suite.yml'), '# nothing yet\n')
  expect(await readProjectDefaults(folder)).toEqual({})
})

test.each(['id: x', 'gatewayUrl: http://evil.example'])('a project may not decide %j', async (line) => {
  await writeFile(join(folder, '.commit-suite.yaml'), `${line}\n`)
  await expect(readProjectDefaults(folder)).rejects.toMatchObject({ code: 'config_invalid' })
})

test('the user file stands under XDG_CONFIG_HOME, else ~/.config', async () => {
  const file = async (base: string, text: string) => {
    await mkdir(join(base, 'commit-suite'), { recursive: true })
    await writeFile(join(base, 'commit-suite', 'config.yml'), text)
  }
  await file(join(folder, '.config'), 'parallelism: 2\n')
  await file(join(folder, 'xdg'), 'gatewayUrl: https://tests.example\n')
  expect(await readUserDefaults({ HOME: folder })).toEqual({ parallelism: 2 })
  expect(await readUserDefaults({ HOME: folder, XDG_CONFIG_HOME: join(folder, 'xdg') })).toEqual({
    gatewayUrl: 'https://tests.example',
  })
  expect(await readUserDefaults({ HOME: join(folder, 'nobody') })).toEqual({})
  expect(await readUserDefaults({})).toEqual({})
})
