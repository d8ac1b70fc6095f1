import { describe, expect, it, test } from 'vitest'
import { type DetectOptions, detectFramework } from '../../../src/frameworks/detect.ts'
import { memoryTree } from '../../fixtures/memory-tree.ts'

const detect = (files: Record<string, string>, options?: DetectOptions) =>
  detectFramework(memoryTree(files), undefined, options)
const environment = async (files: Record<string, string>, shell?: string, base: Record<string, string> = {}) =>
  (await detect(files, shell === undefined ? {} : { command: { shell } })).environment(7, 0, base)
const command = async (files: Record<string, string>, options?: DetectOptions) => (await detect(files, options)).command

const PYTEST = { 'conftest.py': '' }
const packageJson = (test: string, more: object = {}) => ({
  'package.json': JSON.stringify({ scripts: { test }, ...more }),
})
const NODE_REPORTERS =
  '--test-reporter=spec --test-reporter-destination=stdout --test-reporter=tap --test-reporter-destination=commit-suite.tap'
const VITEST_REPORT = '--reporter=default --reporter=junit --outputFile.junit=commit-suite-junit.xml'

describe('pytest is asked for a report through the environment', () => {
  it.each([
    undefined,
    'pytest',
    'python3 -m pytest -q tests',
    'cd sub && CI=1 .venv/bin/pytest -x',
    'pip install -e . && pytest; code=$?; exit $code',
    'if true; then pytest; fi',
    '(timeout 60 pytest tests)',
    'make build\npytest',
  ])('by %s', async (shell) => {
    expect(await environment(PYTEST, shell)).toMatchObject({ PYTEST_ADDOPTS: '--junitxml=commit-suite-junit.xml' })
  })

  it.each([
    'pytest a; pytest b',
    'for i in 1 2 3; do pytest; done',
    'find . -name "test_*" | xargs -n1 pytest',
    'make test',
    'tox -e pytest',
    'sh -c "pytest; pytest"',
    'pytest --junitxml=out.xml',
    'pytest -p no:junitxml',
  ])('not by %s, which runs it several times, or as it likes', async (shell) => {
    expect(await environment(PYTEST, shell)).not.toHaveProperty('PYTEST_ADDOPTS')
  })

  it('behind options of the user and of seeds, and not where one is asked for already', async () => {
    const files = { 'requirements.txt': 'pytest\npytest-randomly\n' }
    expect(await environment(files, undefined, { PYTEST_ADDOPTS: '-q' })).toMatchObject({
      PYTEST_ADDOPTS: '-q --randomly-seed=7 --junitxml=commit-suite-junit.xml',
    })
    expect(await environment(PYTEST, undefined, { PYTEST_ADDOPTS: '--junitxml=mine.xml' })).toMatchObject({
      PYTEST_ADDOPTS: '--junitxml=mine.xml',
    })
    expect(await environment({ 'pytest.ini': '[pytest]\naddopts = --junitxml=x.xml\n' })).not.toHaveProperty(
      'PYTEST_ADDOPTS',
    )
  })
})

describe("Node's runner is asked for TAP in a file, and what people read stays as it is", () => {
  it.each([
    [packageJson('node --test'), undefined],
    [packageJson('c8 node --test test/'), 'npm test'],
    [packageJson('tsx --test'), 'npm run test'],
    [{ 'test/a.test.js': "import test from 'node:test'" }, undefined],
    [packageJson('node --test'), 'node --test test/one.js'],
  ])('%#', async (files, shell) => {
    expect(await environment(files, shell)).toMatchObject({ NODE_OPTIONS: NODE_REPORTERS })
  })

  it.each([
    [packageJson('node --test a && node --test b'), undefined],
    [packageJson('node --test --test-reporter=dot'), undefined],
    [packageJson('node --test'), 'make test'],
    [packageJson('node test.js', { devDependencies: {} }), 'node --test a; node --test b'],
  ])('not where it runs several times or has a reporter: %#', async (files, shell) => {
    expect(await environment(files, shell)).not.toHaveProperty('NODE_OPTIONS')
  })

  it('behind options that the variable has', async () => {
    const files = packageJson('node --test')
    expect(await environment(files, undefined, { NODE_OPTIONS: '--no-warnings' })).toMatchObject({
      NODE_OPTIONS: `--no-warnings ${NODE_REPORTERS}`,
    })
  })
})

describe('our own command asks for a report', () => {
  it.each([
    [{ 'go.mod': '' }, 'go test -json ./...'],
    [{ 'vitest.config.ts': '' }, `npx --no-install vitest run ${VITEST_REPORT}`],
    [packageJson('vitest run'), `npm test -- ${VITEST_REPORT}`],
    [packageJson('cross-env CI=1 vitest'), `npm test -- ${VITEST_REPORT}`],
    [{ 'jest.config.json': '{}' }, 'npx --no-install jest --json --outputFile=commit-suite-jest.json'],
    [
      packageJson('NODE_OPTIONS=--experimental-vm-modules jest --ci'),
      'npm test -- --json --outputFile=commit-suite-jest.json',
    ],
    [
      packageJson('node --experimental-vm-modules node_modules/jest/bin/jest.js'),
      'npm test -- --json --outputFile=commit-suite-jest.json',
    ],
    [packageJson('nyc mocha "test/**/*.js"'), 'npm test -- --reporter tap --reporter-options tapVersion=13'],
    [{ '.mocharc.json': '{}' }, 'npx --no-install mocha --reporter tap --reporter-options tapVersion=13'],
  ])('%#', async (files, shell) => {
    expect(await command(files)).toEqual({ shell })
  })

  it.each([
    packageJson('vitest run && eslint .'),
    packageJson('concurrently "vitest run" "vite"'),
    packageJson('vitest run -- --x'),
    packageJson('vitest run --reporter=dot'),
    packageJson('vitest bench'),
    { ...packageJson('vitest'), 'vite.config.ts': 'export default { test: { reporters: ["dot"] } }' },
    packageJson('jest --json'),
    packageJson('jest --watchAll'),
    packageJson('mocha --reporter dot'),
    packageJson('mocha -R dot'),
    packageJson('mocha', { mocha: { reporter: 'dot' } }),
    { ...packageJson('mocha'), '.mocharc.yml': 'reporter: dot\n' },
  ])('not where options would go elsewhere, or the project has a reporter: %#', async (files) => {
    expect(await command(files)).toEqual({ shell: 'npm test' })
  })

  it('and never the command of the user', async () => {
    const files = packageJson('vitest run')
    const detected = await detect(files, { command: { shell: 'npx vitest run' } })
    expect(detected.environment(7, 0)).toEqual({ VITE_TEST_SEED: '7', TEST_SEED: '7', ATTEMPT: '0' })
  })
})

test('reports are looked for by the names that we give, by usual names and by those of the command', async () => {
  const { reports } = await detect(PYTEST, { command: { shell: 'pytest --junitxml=out/all.xml' } })
  expect(reports).toEqual(
    expect.arrayContaining(['**/commit-suite-junit.xml', '**/commit-suite.tap', '**/*junit*.xml', 'out/all.xml']),
  )
})

test('no report is asked for where the user says which to read', async () => {
  const detected = await detect(PYTEST, { ownReports: true })
  expect(detected.environment(7, 0)).not.toHaveProperty('PYTEST_ADDOPTS')
})
