import { describe, expect, test } from 'vitest'
import { type DetectOptions, detectFramework, runEnvironment } from '../../../src/frameworks/detect.ts'
import { memoryTree } from '../../fixtures/memory-tree.ts'

async function environmentOf(files: Record<string, string>, base?: Record<string, string>, options?: DetectOptions) {
  const detected = await detectFramework(memoryTree(files), undefined, { ownReports: true, ...options })
  return detected.environment(417225, 3, base)
}
const script = (test: string) => ({ 'package.json': JSON.stringify({ scripts: { test } }) })
const always = { TEST_SEED: '417225', ATTEMPT: '3' }

describe('a seed enters through the environment', () => {
  test.each([
    ['nothing known', {}, {}],
    ['unittest', { 'test_a.py': 'import unittest' }, { PYTHONHASHSEED: '417225' }],
    ['pytest', { 'conftest.py': '' }, { PYTHONHASHSEED: '417225' }],
    ['go', { 'go.mod': '' }, { GO_TEST_SEED: '417225', GOFLAGS: '-count=1' }],
    [
      'maven',
      { 'pom.xml': '' },
      { MAVEN_ARGS: '-Dsurefire.runOrder.random.seed=417225 -Djunit.jupiter.execution.order.random.seed=417225' },
    ],
    ['vitest', script('vitest run'), { VITE_TEST_SEED: '417225' }],
    ['jest', script('jest'), { JEST_SEED: '417225' }],
    ['mocha', script('mocha'), { MOCHA_SEED: '417225' }],
    ['node-test', script('node --test'), {}],
  ])('%s', async (_name, files, expected) => {
    expect(await environmentOf(files)).toEqual({ ...always, ...expected })
  })
})

describe('plug-ins of pytest get the seed only where our set-up installs them', () => {
  const files = { 'requirements.txt': 'pytest\npytest_randomly\nHypothesis[cli]>6\n' }

  test('as options after those of the user', async () => {
    expect(await environmentOf(files, { PYTEST_ADDOPTS: '-q' })).toMatchObject({
      PYTEST_ADDOPTS: '-q --randomly-seed=417225 --hypothesis-seed=417225',
    })
  })

  test('not with a set-up whose effects are unknown', async () => {
    expect(await environmentOf(files, {}, { ownSetup: true })).not.toHaveProperty('PYTEST_ADDOPTS')
  })

  test('not for a plug-in in an extra that is not installed', async () => {
    const pyproject = '[build-system]\n[project.optional-dependencies]\ntest=["pytest"]\ndev=["pytest-randomly"]\n'
    expect(await environmentOf({ 'pyproject.toml': pyproject })).toEqual({ ...always, PYTHONHASHSEED: '417225' })
  })
})

test('what the user sets stays, TEST_SEED and ATTEMPT excepted', async () => {
  expect(await environmentOf({ 'conftest.py': '' }, { PYTHONHASHSEED: '0', TEST_SEED: '1', LANG: 'C' })).toEqual({
    ...always,
    PYTHONHASHSEED: '0',
    LANG: 'C',
  })
  expect(await environmentOf({ 'go.mod': '' }, { GOFLAGS: '-mod=mod' })).toMatchObject({ GOFLAGS: '-mod=mod -count=1' })
})

test('the seeding of a project survives a journey as JSON', async () => {
  const { seeding, environment } = await detectFramework(memoryTree({ 'requirements.txt': 'pytest\nhypothesis' }))
  expect(runEnvironment(JSON.parse(JSON.stringify(seeding)), 7, 0, { A: 'b' })).toEqual(environment(7, 0, { A: 'b' }))
})
