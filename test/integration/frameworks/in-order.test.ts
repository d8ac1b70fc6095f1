import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Command, RunTests } from '../../../src/contract/index.ts'
import type { TestPlace, TestsInOrder } from '../../../src/frameworks/in-order/in-order.ts'
import { plainLine } from '../../../src/frameworks/in-order/in-order.ts'
import { pytestInOrder } from '../../../src/frameworks/in-order/pytest.ts'
import { unittestInOrder } from '../../../src/frameworks/in-order/unittest.ts'
import { pytest } from '../../../src/frameworks/pytest.ts'
import { readRunTests } from '../../../src/frameworks/reports/read-run-tests.ts'
import { REQUESTED } from '../../../src/frameworks/reports/requested.ts'
import { directoryTree } from '../../fixtures/directory-tree.ts'
import { makeProject, type Project, setUp } from './project.ts'

/** Has pytest, as a set-up puts it there. */
let tools: Project
beforeAll(async () => {
  tools = await makeProject()
  await setUp(tools, await pytest.setup(directoryTree(tools.tree), { shuffle: false }))
}, 180_000)
afterAll(() => tools.remove())

const projects: Project[] = []
afterEach(async () => {
  for (const project of projects.splice(0)) await project.remove()
})

async function projectOf(files: Record<string, string>): Promise<Project> {
  const project = await makeProject(undefined, join(tools.home, '.local/bin'))
  projects.push(project)
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(project.tree, path)), { recursive: true })
    await writeFile(join(project.tree, path), content)
  }
  return project
}

const placeIn = (project: Project, command: Command, workdir = '.'): TestPlace => ({
  files: directoryTree(project.tree),
  workdir,
  command,
  plugins: [],
})

/** Runs a command in the working directory as a run does, and reads what it reports. */
async function testsOf(
  project: Project,
  command: Command,
  env: Record<string, string>,
  workdir = '.',
): Promise<RunTests> {
  const there: Command =
    'shell' in command
      ? { shell: `cd ${workdir} && ${command.shell}` }
      : { argv: ['sh', '-c', `cd ${workdir} && exec "$@"`, 'sh', ...command.argv] }
  const { output } = await project.run(there, env)
  const folder = join(project.tree, workdir)
  const files = (await readdir(folder)).filter((name) => name === REQUESTED.junit)
  const reports = files.map((name) => ({ name, path: join(folder, name) }))
  const tests = await readRunTests({ files: reports, framework: 'pytest' })
  if (tests === undefined) throw new Error(`no report: ${output}`)
  return tests
}

/** All tests of a project, and the same in reverse order by their names, as its reports tell both. */
async function forwardAndBack(tool: TestsInOrder, project: Project, command: Command, workdir?: string) {
  const all = await testsOf(project, tool.whole(command), tool.env({}), workdir)
  const reversed = all.order.toReversed()
  const inOrder = await tool.beside(reversed.at(-1) ?? '', placeIn(project, command, workdir))
  if (inOrder === undefined) throw new Error('no such test')
  const names = await Promise.all(reversed.map(inOrder.nameOf))
  expect(names.every((name) => name !== undefined)).toBe(true)
  const words = names.flatMap((name) => name ?? [])
  const back = await testsOf(project, { argv: [...inOrder.argv, ...words] }, tool.env({}), workdir)
  return { all: all.order, back: back.order, inOrder, words }
}

const HOSTILE = `
import pytest

class TestOuter:
    class TestInner:
        def test_deep(self):
            pass

@pytest.mark.parametrize('text', ['a::b', '$(touch pwned)', "it's; rm -rf x", '[x]', 'ü', '-k', '@file', 'a/b.py'])
def test_text(text):
    pass
`
const PLAIN = 'def test_one():\n    pass\n\ndef test_two():\n    pass\n'

describe('pytest in an order of our making', () => {
  it('runs tests in reverse, by the ids of a report, whatever is in their names', async () => {
    const project = await projectOf({
      'pytest.ini': '[pytest]\n',
      'tests/test_a.py': PLAIN,
      'tests/v1.2/test_hostile.py': HOSTILE,
      '-dash/test_dash.py': PLAIN,
    })
    const { all, back, words } = await forwardAndBack(pytestInOrder, project, { shell: 'python3 -m pytest -q' })
    expect(all).toHaveLength(13)
    expect(back).toEqual(all.toReversed())
    expect(words).toContain('tests/v1.2/test_hostile.py::test_text[$(touch pwned)]')
    expect(await readdir(project.tree)).not.toContain('pwned')
  })

  it('keeps the ids of the whole run where the root depends on what is named', async () => {
    const project = await projectOf({ 'tests/test_a.py': PLAIN, 'tests/deep/test_b.py': PLAIN })
    const { all, back } = await forwardAndBack(pytestInOrder, project, { shell: 'python3 -m pytest tests' })
    expect(all).toHaveLength(4)
    expect(back).toEqual(all.toReversed())
  })

  it('goes by the working directory, with the root above it', async () => {
    const project = await projectOf({ 'pytest.ini': '[pytest]\n', 'service/tests/test_a.py': PLAIN })
    const { all, back, words } = await forwardAndBack(pytestInOrder, project, { argv: ['pytest'] }, 'service')
    expect(all[0]).toBe('service.tests.test_a::test_one')
    expect(words.at(-1)).toBe('tests/test_a.py::test_one')
    expect(back).toEqual(all.toReversed())
  })

  it('runs all that are named though one fails and the settings end runs at a failure', async () => {
    const project = await projectOf({
      'pytest.ini': '[pytest]\naddopts = -x\n',
      'test_a.py': 'def test_bad():\n    assert False\n\ndef test_good():\n    pass\n',
    })
    const inOrder = await pytestInOrder.beside('test_a::test_bad', placeIn(project, { shell: 'pytest -x' }))
    const { order, failed } = await testsOf(
      project,
      { argv: [...(inOrder?.argv ?? []), 'test_a.py::test_bad', 'test_a.py::test_good'] },
      pytestInOrder.env({}),
    )
    expect(order).toEqual(['test_a::test_bad', 'test_a::test_good'])
    expect(failed).toHaveLength(1)
  })

  it('puts names where the command says, as words that no shell reads', async () => {
    const project = await projectOf({ 'pytest.ini': '[pytest]\n', 'test_hostile.py': HOSTILE })
    const command = { shell: 'cd . && python3 -m pytest {tests} -q' }
    const { all, back, inOrder, words } = await forwardAndBack(pytestInOrder, project, command)
    expect(back).toEqual(all.toReversed())
    const typed = await testsOf(project, { shell: plainLine(inOrder.plain, words) }, pytestInOrder.env({}))
    expect(typed.order).toEqual(back)
    expect(await readdir(project.tree)).not.toContain('pwned')
  })

  it('gives people a line that does the same', async () => {
    const project = await projectOf({ 'pytest.ini': '[pytest]\n', 'test_hostile.py': HOSTILE })
    const { back, inOrder, words } = await forwardAndBack(pytestInOrder, project, { shell: 'python3 -m pytest' })
    const line = plainLine(inOrder.plain, words)
    expect(line).toMatch(/^python3 -m pytest -p no:randomly -p no:random_order --rootdir=\. /)
    const typed = await testsOf(project, { shell: line }, pytestInOrder.env({}))
    expect(typed.order).toEqual(back)
  })

  it('takes 2,000 tests on one command line', async () => {
    const many = Array.from({ length: 2_000 }, (_, n) => `def test_with_a_rather_long_name_number_${n}(): pass\n`)
    const project = await projectOf({ 'pytest.ini': '[pytest]\n', 'tests/test_many.py': many.join('') })
    const { all, back } = await forwardAndBack(pytestInOrder, project, { shell: 'python3 -m pytest -q' })
    expect(all).toHaveLength(2_000)
    expect(back).toEqual(all.toReversed())
  })
})

const CASES = `
import unittest

class TestA(unittest.TestCase):
    def test_one(self):
        pass

    def test_two(self):
        with self.subTest(n=1):
            self.fail('<&\\x00> "no"')

    @unittest.skip('not now')
    def test_skipped(self):
        pass

class TestB(unittest.TestCase):
    def test_one(self):
        self.assertEqual(1, 1)
`

describe('unittest in an order of our making', () => {
  it.each([
    {
      place: 'a package',
      file: 'tests/test_cases.py',
      more: { 'tests/__init__.py': '' },
      command: 'python3 -m unittest',
    },
    { place: 'a folder', file: 'tests/test_cases.py', more: {}, command: 'python3 -m unittest discover -s tests -v' },
    { place: 'the root', file: 'test_cases.py', more: {}, command: 'python3 -m unittest' },
  ])('runs tests of $place in reverse, and tells how each ended', async ({ file, more, command }) => {
    const project = await projectOf({ [file]: CASES, ...more })
    const { all, back, inOrder, words } = await forwardAndBack(unittestInOrder, project, { shell: command })
    expect(all).toHaveLength(4)
    expect(back).toEqual(all.toReversed())
    const tests = await testsOf(project, { argv: [...inOrder.argv, ...words] }, {})
    expect(tests.failed.map(({ id }) => id.split('.').at(-1))).toEqual(['TestA::test_two'])
    expect(tests.skipped).toHaveLength(1)
    const typed = await project.run({ shell: plainLine(inOrder.plain, words.slice(-1)) })
    expect(typed).toMatchObject({ exitCode: 0 })
    expect(typed.output).toContain('Ran 1 test')
  })
})
