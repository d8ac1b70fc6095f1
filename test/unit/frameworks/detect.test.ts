import { describe, expect, test } from 'vitest'
import { detectFramework } from '../../../src/frameworks/detect.ts'
import type { FrameworkName } from '../../../src/frameworks/framework.ts'
import { memoryTree } from '../../fixtures/memory-tree.ts'

const pkg = (value: unknown) => ({ 'package.json': JSON.stringify(value) })
const unittestFile = 'import unittest\n\nclass T(unittest.TestCase):\n    def test_x(self):\n        pass\n'

const table: [string, Record<string, string>, FrameworkName | null][] = [
  ['nothing at all', {}, null],
  ['a README alone', { 'README.md': '# hello' }, null],
  ['pytest.ini', { 'pytest.ini': '[pytest]\n' }, 'pytest'],
  ['[tool.pytest.ini_options]', { 'pyproject.toml': '[tool.pytest.ini_options]\naddopts = "-q"\n' }, 'pytest'],
  ['[tool:pytest] in setup.cfg', { 'setup.cfg': '[metadata]\nname = x\n[tool:pytest]\n' }, 'pytest'],
  ['[pytest] in tox.ini', { 'tox.ini': '[pytest]\n' }, 'pytest'],
  ['a conftest.py', { 'tests/conftest.py': '' }, 'pytest'],
  ['pytest among the requirements', { 'requirements.txt': 'flask\nPytest>=8 ; python_version > "3.8"\n' }, 'pytest'],
  ['pytest in an included file', { 'requirements.txt': '-r req/test.txt', 'req/test.txt': 'pytest' }, 'pytest'],
  ['pytest in a dependency group', { 'pyproject.toml': '[dependency-groups]\ndev = ["pytest"]\n' }, 'pytest'],
  ['plain test functions', { 'tests/test_a.py': 'def test_a():\n    assert True\n' }, 'pytest'],
  ['plain test functions one folder down', { 'tests/unit/test_a.py': 'def test_a(): pass\n' }, 'pytest'],
  ['test cases of unittest', { 'tests/test_a.py': unittestFile }, 'unittest'],
  ['pytest beside unittest', { 'tests/test_a.py': unittestFile, 'conftest.py': '' }, 'pytest'],
  ['go.mod', { 'go.mod': 'module x\n' }, 'go'],
  ['pom.xml', { 'pom.xml': '<project/>' }, 'maven'],
  ['Maven beside Node', { 'pom.xml': '', ...pkg({ jest: {} }) }, 'maven'],
  ['vitest as a dependency', pkg({ devDependencies: { vitest: '4' } }), 'vitest'],
  ['a configuration of vitest', { ...pkg({}), 'vitest.config.mts': '' }, 'vitest'],
  ['jest as a dependency', pkg({ devDependencies: { jest: '30' } }), 'jest'],
  ['a jest key', pkg({ jest: { verbose: true } }), 'jest'],
  ['jest named by the script', pkg({ scripts: { test: 'NODE_ENV=test npx jest --ci' } }), 'jest'],
  ['mocha as a dependency', pkg({ dependencies: { mocha: '11' } }), 'mocha'],
  ['.mocharc.yml', { ...pkg({}), '.mocharc.yml': '' }, 'mocha'],
  ['node --test as the script', pkg({ scripts: { test: 'node --import tsx --test src' } }), 'node-test'],
  ['tests that import node:test', { ...pkg({}), 'test/a.js': "import test from 'node:test'\n" }, 'node-test'],
  ['vitest beside jest and mocha', pkg({ devDependencies: { mocha: '1', jest: '1', vitest: '1' } }), 'vitest'],
  ['jest beside mocha', pkg({ devDependencies: { mocha: '1', jest: '1' } }), 'jest'],
  ['Python beside Go and Node', { 'pytest.ini': '', 'go.mod': '', ...pkg({ jest: {} }) }, 'pytest'],
  ['Go beside Node', { 'go.mod': '', ...pkg({ jest: {} }) }, 'go'],
  ['a malformed package.json', { 'package.json': '{"devDependencies": {"jest": ' }, null],
  ['a package.json of wrong types', pkg({ dependencies: ['jest'], scripts: 'jest', devDependencies: 3 }), null],
  ['a package.json that is no object', pkg([1, 2]), null],
  ['a malformed pyproject.toml', { 'pyproject.toml': '[tool.pytest\n' }, null],
  ['a pyproject.toml of wrong types', { 'pyproject.toml': 'project = 3\ntool = "x"\ndependency-groups = [1]\n' }, null],
  ['groups that include each other', { 'pyproject.toml': '[dependency-groups]\ndev=[{include-group="dev"}]\n' }, null],
  ['requirements that include each other', { 'requirements.txt': '-r requirements.txt\n-r ../../etc/passwd' }, null],
]

describe('a framework is recognised by the files of a commit', () => {
  test.each(table)('%s', async (_name, files, expected) => {
    expect((await detectFramework(memoryTree(files))).framework).toBe(expected)
  })
})

describe('what decides between several', () => {
  const both = memoryTree({ 'pytest.ini': '', ...pkg({ devDependencies: { jest: '1', vitest: '1' } }) })

  test('the project type', async () => {
    const project = await detectFramework(both, 'Node')
    expect(project).toMatchObject({
      framework: 'vitest',
      template: { name: 'node' },
      command: { shell: expect.any(String) },
    })
  })

  test('the framework that the command names first', async () => {
    const named = async (shell: string) => (await detectFramework(both, undefined, { command: { shell } })).framework
    expect(await named('cd web && npx jest --ci pytest')).toBe('jest')
    expect(await named('python -m unittest discover')).toBe('unittest')
    expect(await named('make test')).toBe('pytest')
    expect(await named('sh ./mvnw -B verify')).toBe('maven')
    expect((await detectFramework(both, 'node', { command: { argv: ['pytest'] } })).framework).toBe('vitest')
  })

  test('a project type without marks of any framework assumes the least demanding one', async () => {
    expect((await detectFramework(memoryTree({}), 'python')).framework).toBe('unittest')
    expect((await detectFramework(memoryTree({}), 'generic')).framework).toBeNull()
  })

  test('a template names its own command', async () => {
    const project = await detectFramework(memoryTree({ 'requirements.txt': 'fastapi' }), 'FastAPI')
    expect(project).toMatchObject({ framework: 'pytest', command: { shell: 'pytest tests/' } })
  })

  test('an unknown type is refused with the names that exist', async () => {
    await expect(detectFramework(memoryTree({}), 'cobol')).rejects.toMatchObject({
      code: 'template_not_found',
      message: expect.stringMatching(/projectType: "cobol".*fastapi, generic, go, maven, node, python/),
    })
  })
})

test('a known language without a known framework is still set up', async () => {
  const python = await detectFramework(memoryTree({ 'requirements.txt': 'behave\n' }))
  expect(python).toMatchObject({ framework: null, template: { name: 'python' }, command: undefined })
  expect(JSON.stringify(python.setup)).toContain('-r requirements.txt')
  const node = await detectFramework(memoryTree(pkg({ devDependencies: { ava: '6' }, scripts: { test: 'ava' } })))
  expect(node).toMatchObject({ framework: null, template: { name: 'node' }, command: { shell: 'npm test' } })
  expect(node.setup).toHaveLength(1)
})
