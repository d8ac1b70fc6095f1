import { describe, expect, test } from 'vitest'
import { detectFramework } from '../../../src/frameworks/detect.ts'
import { memoryTree } from '../../fixtures/memory-tree.ts'

async function setupOf(files: Record<string, string>, projectType?: string): Promise<string> {
  const { setup } = await detectFramework(memoryTree(files), projectType)
  return setup.map((command) => ('shell' in command ? command.shell : command.argv.join(' '))).join('\n')
}
const pkg = (value: unknown) => ({ 'package.json': JSON.stringify(value) })
const jest = pkg({ devDependencies: { jest: '1' } })

describe('Node installs with the manager of the lock file', () => {
  test.each([
    ['package-lock.json', /^npm ci /],
    ['npm-shrinkwrap.json', /^npm ci /],
    ['pnpm-lock.yaml', /pnpm install --frozen-lockfile/],
    ['yarn.lock', /yarn install --frozen-lockfile/],
  ])('%s', async (lock, expected) => {
    expect(await setupOf({ ...jest, [lock]: '' })).toMatch(expected)
  })

  test('modern yarn is told so', async () => {
    expect(await setupOf({ ...jest, 'yarn.lock': '', '.yarnrc.yml': '' })).toMatch(/yarn install --immutable/)
  })

  test('no lock file means npm install without writing one', async () => {
    expect(await setupOf(jest)).toMatch(/^npm install --no-package-lock/)
  })

  test('npm points at no log of the HOME that a failed set-up loses, and advertises nothing', async () => {
    for (const lock of [{}, { 'package-lock.json': '' }]) {
      expect(await setupOf({ ...jest, ...lock })).toMatch(/^npm (?=.* --logs-max=0)(?=.* --no-update-notifier)/)
    }
  })

  test('a package that asks for nothing installs nothing', async () => {
    expect(await setupOf(pkg({ scripts: { test: 'node --test' } }))).toBe('')
  })
})

describe('Python', () => {
  test('standard library alone needs no set-up', async () => {
    expect(await setupOf({ 'tests/test_a.py': 'import unittest\n' })).toBe('')
  })

  test('requirements, then those of the tests', async () => {
    const setup = await setupOf({
      'requirements.txt': 'flask',
      'requirements-dev.txt': 'pytest',
      'dev-requirements.txt': '',
    })
    expect(setup).toMatch(/-r requirements\.txt -r requirements-dev\.txt$/m)
  })

  test('a package is installed with the extra of its tests', async () => {
    const pyproject =
      '[build-system]\nrequires=["setuptools"]\n[project]\nname="x"\n[project.optional-dependencies]\ndev=["black"]\ntest=["pytest"]\n'
    expect(await setupOf({ 'pyproject.toml': pyproject })).toContain("-e '.[test]'")
  })

  test('a project that is no package gets its dependencies by name, quoted', async () => {
    const pyproject =
      '[project]\nname="x"\ndependencies=["flask>=3", "--index-url=x", "a; $(touch /tmp/x)"]\n[dependency-groups]\ntest=["pytest", {include-group="more"}]\nmore=["hypothesis"]\n'
    const setup = await setupOf({ 'pyproject.toml': pyproject })
    expect(setup).toContain("'flask>=3' 'a; $(touch /tmp/x)' pytest hypothesis")
    expect(setup).not.toContain('--index-url')
  })

  test('uv and poetry are used where the host has them, pip elsewhere', async () => {
    const pyproject = { 'pyproject.toml': '[project]\nname="x"\ndependencies=["pytest"]\n' }
    expect(await setupOf({ ...pyproject, 'uv.lock': '' })).toMatch(
      /command -v uv .*uv sync --frozen\nelse\n.*pip install/s,
    )
    expect(await setupOf({ ...pyproject, 'poetry.lock': '' })).toMatch(/command -v poetry .*poetry install/s)
  })

  test('pytest is installed when the project forgets it', async () => {
    expect(await setupOf({ 'conftest.py': '' })).toMatch(/import pytest.*pip install .*pytest/s)
    expect(await setupOf({ 'conftest.py': '', 'requirements.txt': 'flask' })).toMatch(
      /import pytest.*pip install .*pytest/s,
    )
  })
})

test('Go downloads modules unless they are vendored or not needed', async () => {
  const needs = { 'go.mod': 'module x\n\nrequire example.com/y v1.0.0\n' }
  expect(await setupOf(needs)).toMatch(/^go mod download\n/)
  expect(await setupOf({ ...needs, 'vendor/modules.txt': '' })).not.toContain('download')
  expect(await setupOf({ 'go.mod': 'module x\n' })).not.toContain('download')
})

test('Maven fetches everything into the HOME of the runs, with the wrapper of the project where it is whole', async () => {
  const own = { 'pom.xml': '', mvnw: '', '.mvn/wrapper/maven-wrapper.properties': '' }
  expect(await setupOf(own)).toMatch(/-Duser\.home=\$HOME.*^sh \.\/mvnw -B -q dependency:go-offline/ms)
  expect(await setupOf({ 'pom.xml': '', mvnw: '' })).toMatch(/^mvn -B -q dependency:go-offline/m)
  const commandOf = async (files: Record<string, string>) => (await detectFramework(memoryTree(files))).command
  expect(await commandOf(own)).toEqual({ shell: 'sh ./mvnw -B test' })
  expect(await commandOf({ 'pom.xml': '' })).toEqual({ shell: 'mvn -B test' })
})

test('a generic project has no set-up', async () => {
  expect(await setupOf({ 'go.mod': 'module x\n' }, 'generic')).toBe('')
})
