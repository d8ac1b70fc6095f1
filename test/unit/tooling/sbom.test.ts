import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { makeSbom, type Sbom } from '../../../scripts/sbom.ts'
import { sbomProblems } from '../../../scripts/sbom-problems.ts'

let folder: string
let sbom: Sbom
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sbom-'))
  await mkdir(join(folder, 'node_modules'))
  const packages = {
    'node_modules/zod': { version: '4.0.0' },
    'node_modules/pg/node_modules/pg-pool': { version: '1' },
  }
  await writeFile(join(folder, 'node_modules', '.package-lock.json'), JSON.stringify({ packages }))
  sbom = await makeSbom()
})
afterAll(() => rm(folder, { recursive: true }))

const problems = (changed: object) => sbomProblems(JSON.stringify({ ...sbom, ...changed }), folder)

it('the SBOM is CycloneDX and lists what an installation brings, but not what only builds', async () => {
  expect(await problems({})).toEqual([])
  const names = sbom.components.map(({ name }) => name)
  expect(names).toContain('@temporalio/worker')
  expect(names).not.toContain('vitest')
})

it.each([
  [
    'another schema',
    { components: [{ type: 'library', nothing: 'known' }] },
    /is not valid CycloneDX: .*components\/0/,
  ],
  ['a package left out', { components: [] }, /does not list zod@4\.0\.0/],
])('%s is named', async (_what, changed, said) => {
  expect((await problems(changed)).join()).toMatch(said)
})
