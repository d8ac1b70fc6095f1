import { afterAll, beforeAll, expect, test } from 'vitest'
import { detectFramework } from '../../../src/frameworks/detect.ts'
import { directoryTree } from '../../fixtures/directory-tree.ts'
import { makePlantedRepository } from '../../fixtures/planted-repository.ts'
import { makeProject, type Project } from './project.ts'

/** Whoever changes the fixture changes these. */
const PINNED = [
  '1eeb781fb84da695291f871b487f91b56eb37797',
  'e15c45b9ab207bb1aa0676f8655c866110880c14',
  '144cc2fc9d2bfbad680e31d803b6499fbd19c9ca',
  '90bedfed4e14e5d65b97dc5949cc67462b5f18dd',
]
const SEEDS = Array.from({ length: 10 }, (_, index) => index + 1)

let project: Project
let shas: string[]
beforeAll(async () => {
  project = await makeProject()
  shas = (await makePlantedRepository(project.tree)).shas
})
afterAll(() => project.remove())

async function failuresAt(sha: string | undefined): Promise<number[]> {
  await project.run({ argv: ['git', 'checkout', '--quiet', String(sha)] })
  const { environment, framework, setup } = await detectFramework(directoryTree(project.tree))
  expect({ framework, setup }).toEqual({ framework: 'unittest', setup: [] })
  const failed: number[] = []
  for (const seed of SEEDS) {
    const { exitCode } = await project.run({ shell: 'python3 -m unittest' }, environment(seed, 0))
    if (exitCode !== 0) failed.push(seed)
  }
  return failed
}

test('the planted repository has the same shas everywhere', () => {
  expect(shas).toEqual(PINNED)
})

test('good, then flaky by the seed alone, unchanged by an unrelated commit, then broken for good', async () => {
  const [good, flaky, unrelated, broken] = shas
  expect(await failuresAt(good)).toEqual([])
  const failed = await failuresAt(flaky)
  expect(failed.length).toBeGreaterThanOrEqual(1)
  expect(failed.length).toBeLessThanOrEqual(5)
  expect(await failuresAt(flaky)).toEqual(failed)
  expect(await failuresAt(unrelated)).toEqual(failed)
  expect(await failuresAt(broken)).toEqual(SEEDS)
}, 180_000)
