import { describe, expect, it } from 'vitest'
import { askForReport, byFailingTest, canAskForReport } from '../../../src/frameworks/reports/pytest-report.ts'
import { reportSources } from '../../../src/frameworks/reports/report-sources.ts'
import { memoryTree } from '../../fixtures/memory-tree.ts'

const sources = (command: string, files: Record<string, string> = {}) =>
  reportSources(memoryTree(files), { argv: command.split(' ') })
const asked = (command: string, files: Record<string, string> = {}) =>
  canAskForReport(memoryTree(files), { argv: command.split(' ') })

describe('pytest', () => {
  it.each([
    'pytest',
    'pytest -q tests',
    '/usr/bin/py.test',
    'python3 -m pytest -x',
    'uv run pytest',
    'coverage run -m pytest',
    'timeout 60 pytest',
  ])('is asked for a report by %s', async (command) => {
    expect(await asked(command)).toBe(true)
  })

  it.each([
    'make test',
    'tox -e pytest',
    'sh check.sh',
    'go test ./...',
    'pytest --junitxml=out.xml',
    'pytest --junit-xml out.xml',
    'pytest -p no:junitxml',
  ])('is not asked by %s', async (command) => {
    expect(await asked(command)).toBe(false)
  })

  it('is not asked where a shell may run it several times', async () => {
    expect(await canAskForReport(memoryTree({}), { argv: ['sh', '-c', 'pytest a; pytest b'] })).toBe(false)
    expect(await canAskForReport(memoryTree({}), { shell: 'pytest a; pytest b' })).toBe(false)
  })

  it('is not asked where its settings have a report already, or none', async () => {
    expect(await asked('pytest', { 'pytest.ini': '[pytest]\naddopts = -p no:junitxml\n' })).toBe(false)
    const files = { 'pyproject.toml': '[tool.pytest.ini_options]\naddopts = ["-q", "--junitxml=build/tests.xml"]\n' }
    expect(await asked('pytest', files)).toBe(false)
    expect(await sources('pytest', files)).toContain('build/tests.xml')
    expect(await asked('pytest', { 'pytest.ini': '[pytest]\njunit_family = xunit2\n' })).toBe(true)
  })

  it('gets the option behind those that it has', () => {
    expect(askForReport({ A: '1' })).toEqual({ A: '1', PYTEST_ADDOPTS: '--junitxml=commit-suite-junit.xml' })
    expect(askForReport({ PYTEST_ADDOPTS: '-q --maxfail=2' })).toEqual({
      PYTEST_ADDOPTS: '-q --maxfail=2 --junitxml=commit-suite-junit.xml',
    })
    const own = { PYTEST_ADDOPTS: '--junit-xml=mine.xml' }
    expect(askForReport(own)).toEqual(own)
  })

  it('ends with some codes that no failing test explains', () => {
    const pytest = { argv: ['pytest'] }
    expect([1, 2, 3, 4, 5].map((code) => byFailingTest(pytest, code))).toEqual([true, false, false, false, false])
    expect(byFailingTest({ shell: 'cd tests && pytest -q' }, 2)).toBe(false)
    expect(byFailingTest({ argv: ['make', 'test'] }, 2)).toBe(true)
  })
})

describe('other reports', () => {
  it('are found by usual names and by those that the command gives', async () => {
    const globs = await sources('npx jest --outputFile=./reports/all.xml')
    expect(globs).toContain('./reports/all.xml')
    expect(globs).toContain('**/*junit*.xml')
  })

  it('are not looked for outside of the working directory, nor by patterns in a command', async () => {
    const globs = await sources('run --a=/tmp/a.xml --b=../b.xml --c=*.xml --d=d.xmlx')
    expect(globs.filter((glob) => !glob.startsWith('**/'))).toEqual([])
  })
})
