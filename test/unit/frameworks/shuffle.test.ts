import { describe, expect, it, test } from 'vitest'
import { type DetectOptions, detectFramework, detectionOf } from '../../../src/frameworks/detect.ts'
import { memoryTree } from '../../fixtures/memory-tree.ts'
import { suiteSpec } from '../store/samples.ts'

const detect = (files: Record<string, string>, options: DetectOptions = {}) =>
  detectFramework(memoryTree(files), undefined, { ownReports: true, shuffle: true, ...options })
const environment = async (files: Record<string, string>, base?: Record<string, string>, options?: DetectOptions) =>
  (await detect(files, options)).environment(7, 0, base)
const packageJson = (test: string) => ({ 'package.json': JSON.stringify({ scripts: { test } }) })
const shellOf = async (files: Record<string, string>, options?: DetectOptions) => (await detect(files, options)).command

describe('tests in a random order', () => {
  it.each([
    [{ 'requirements.txt': 'pytest\n' }, 1],
    [{ 'conftest.py': '' }, 1],
    [{ 'requirements.txt': 'pytest\npytest-randomly\n' }, 0],
  ])('of pytest come from pytest-randomly, which the set-up installs: %#', async (files, installed) => {
    const { setup, orderHindrance, environment } = await detect(files)
    expect(orderHindrance).toBeUndefined()
    expect(environment(7, 0).PYTEST_ADDOPTS).toBe('--randomly-seed=7')
    const lines = setup.map((command) => ('shell' in command ? command.shell : ''))
    expect(lines.filter((line) => line.includes('install --quiet pytest-randomly'))).toHaveLength(installed)
  })

  it('of Go come from a flag, unless the user has one', async () => {
    expect(await environment({ 'go.mod': '' })).toMatchObject({ GOFLAGS: '-count=1 -shuffle=7' })
    expect(await environment({ 'go.mod': '' }, { GOFLAGS: '-shuffle=off' })).toMatchObject({
      GOFLAGS: '-shuffle=off -count=1',
    })
  })

  it('of Maven come from Surefire and JUnit', async () => {
    const { MAVEN_ARGS = '' } = await environment({ 'pom.xml': '' })
    expect(MAVEN_ARGS.split(' ')).toEqual([
      '-Dsurefire.runOrder.random.seed=7',
      '-Djunit.jupiter.execution.order.random.seed=7',
      '-Dsurefire.runOrder=random',
      '-Djunit.jupiter.testclass.order.default=org.junit.jupiter.api.ClassOrderer$Random',
      '-Djunit.jupiter.testmethod.order.default=org.junit.jupiter.api.MethodOrderer$Random',
    ])
  })

  it('of Vitest and Jest come from options of our own command, which reads the seed where it runs', async () => {
    const options = {
      vitest: [packageJson('vitest run'), / --sequence\.shuffle --sequence\.seed=\$TEST_SEED$/],
      jest: [{ 'jest.config.json': '{}' }, / --randomize --seed=\$TEST_SEED$/],
    } as const
    for (const [files, ending] of Object.values(options)) {
      const command = await shellOf(files)
      expect(command).toEqual({ shell: expect.stringMatching(ending) })
      expect(await detect(files, { command })).toMatchObject({ orderHindrance: undefined, seeding: { shuffle: true } })
    }
  })
})

describe('tests keep their order, and the reason is said', () => {
  it.each([
    ['unittest', { 'test_a.py': 'import unittest' }, {}, 'unittest has no random order of tests'],
    ['mocha', packageJson('mocha'), {}, 'mocha has no random order of tests'],
    ["Node's runner", packageJson('node --test'), {}, 'node-test has no random order of tests'],
    ['nothing known', {}, {}, 'no test framework is known'],
    [
      'a command of the user',
      packageJson('vitest run'),
      { command: { shell: 'npx vitest run' } },
      'add --sequence.shuffle --sequence.seed=$TEST_SEED to the command: only our own command gets it',
    ],
    ['a script that takes no options', packageJson('jest && eslint .'), {}, /^add --randomize/],
    ['pytest with a set-up of the user', { 'requirements.txt': 'pytest\n' }, { ownSetup: true }, /pytest-randomly/],
    [
      'pytest-randomly, switched off',
      { 'requirements.txt': 'pytest-randomly\n', 'pytest.ini': '[pytest]\naddopts = -p no:randomly\n' },
      {},
      /switch pytest-randomly off$/,
    ],
  ])('of %s', async (_name, files: Record<string, string>, options: DetectOptions, why) => {
    const { orderHindrance, seeding } = await detect(files, options)
    expect(orderHindrance).toEqual(typeof why === 'string' ? why : expect.stringMatching(why))
    expect(seeding.shuffle).toBe(false)
  })
})

describe('without --shuffle', () => {
  const plain = { shuffle: false }

  it('nothing is installed, and no order changes', async () => {
    const pytest = await detect({ 'requirements.txt': 'pytest\n' }, plain)
    expect(JSON.stringify(pytest.setup)).not.toContain('randomly')
    expect(pytest.environment(7, 0)).not.toHaveProperty('PYTEST_ADDOPTS')
    expect(await environment({ 'go.mod': '' }, {}, plain)).toMatchObject({ GOFLAGS: '-count=1' })
    expect(JSON.stringify(await shellOf(packageJson('vitest run'), plain))).not.toContain('sequence')
    expect(pytest.orderHindrance).toBeUndefined()
  })

  it('a project that shuffles by itself gets our seed', async () => {
    const shuffled = { ...packageJson('vitest run'), 'vitest.config.ts': 'test: { sequence: { shuffle: true } }' }
    expect(await shellOf(shuffled, plain)).toEqual({
      shell: expect.stringMatching(/junit\.xml --sequence\.seed=\$TEST_SEED$/),
    })
    expect(await shellOf(packageJson('jest --randomize'), plain)).toEqual({
      shell: expect.stringMatching(/jest\.json --seed=\$TEST_SEED$/),
    })
    const randomly = { 'requirements.txt': 'pytest\npytest-randomly\n' }
    expect(await environment(randomly, {}, plain)).toMatchObject({ PYTEST_ADDOPTS: '--randomly-seed=7' })
  })
})

test('a suite says whether its tests are shuffled, and which reports it has', () => {
  expect(detectionOf(suiteSpec('s-1', { shuffle: true, reports: 'a.xml' }))).toMatchObject({
    shuffle: true,
    ownReports: true,
  })
  expect(detectionOf(suiteSpec('s-1'))).toMatchObject({ shuffle: undefined, ownReports: false })
})
