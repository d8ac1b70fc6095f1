import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { dashboardFolder } from '../../../src/gateway/dashboard/folder.ts'

// Where the built page is: in a checkout it is built by a script, which stands in for the real one here.

const WRITES_ITS_PID = `
import { writeFileSync } from 'node:fs'
writeFileSync(process.argv[2] + '/index.html', String(process.pid))
`
let root: string
let cacheDir: string
beforeEach(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'cs-dashboard-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  root = join(folder, 'checkout')
  cacheDir = join(folder, 'cache')
  for (const path of ['scripts', 'src/dashboard', 'node_modules']) await mkdir(join(root, path), { recursive: true })
  await writeFile(join(root, 'src/dashboard/main.tsx'), 'one')
  await script(WRITES_ITS_PID)
})

const script = (text: string): Promise<void> => writeFile(join(root, 'scripts/build-dashboard.ts'), text)
const builds = (): Promise<string[]> => readdir(join(root, 'node_modules/.cache/commit-suite'))
const pidIn = (folder: string): Promise<string> => readFile(join(folder, 'index.html'), 'utf8')

describe('in a checkout', () => {
  it('is built once, however many gateways ask at once', async () => {
    const folders = await Promise.all([1, 2, 3].map(() => dashboardFolder(cacheDir, root)))
    expect(new Set(folders).size).toBe(1)
    expect(await builds()).toHaveLength(1)
    const [folder = ''] = folders
    const built = await pidIn(folder)
    expect(await pidIn(await dashboardFolder(cacheDir, root))).toBe(built)
  })

  it('is built again once its sources are others', async () => {
    const before = await dashboardFolder(cacheDir, root)
    await writeFile(join(root, 'src/dashboard/main.tsx'), 'two')
    const after = await dashboardFolder(cacheDir, root)
    expect(after).not.toBe(before)
    expect(await builds()).toHaveLength(2)
  })

  it('leaves nothing of a build that fails', async () => {
    await script("throw new Error('this does not build')")
    await expect(dashboardFolder(cacheDir, root)).rejects.toThrow('this does not build')
    expect(await builds()).toEqual([])
  })

  it('is built among what can be made again where the checkout takes nothing', async () => {
    // A file where the folder would be refuses root too.
    await writeFile(join(root, 'node_modules/.cache'), '')
    const folder = await dashboardFolder(cacheDir, root)
    expect(folder.startsWith(cacheDir)).toBe(true)
    expect(await pidIn(folder)).toMatch(/^\d+$/)
  })
})

it('in a package it is there already', async () => {
  await rm(join(root, 'scripts'), { recursive: true })
  expect(await dashboardFolder(cacheDir, root)).toBe(join(root, 'dist', 'dashboard'))
})
