import { describe, expect, it } from 'vitest'
import type { SeedPlugin } from '../../../src/frameworks/framework.ts'
import { plainLine } from '../../../src/frameworks/in-order/in-order.ts'
import { pytestInOrder } from '../../../src/frameworks/in-order/pytest.ts'
import { testsInOrder } from '../../../src/frameworks/in-order/supported.ts'
import { unittestInOrder } from '../../../src/frameworks/in-order/unittest.ts'
import { memoryTree } from '../../fixtures/memory-tree.ts'

const TREE = {
  'tests/test_a.py': '',
  'tests.py': '',
  'tests/deep.er/test_b.py': '',
  'service/tests/test_c.py': '',
}

interface Given {
  files?: Record<string, string>
  workdir?: string
  plugins?: SeedPlugin[]
}

const beside = (test: string, shell: string, { files = {}, workdir = '.', plugins = [] }: Given = {}) =>
  pytestInOrder.beside(test, { files: memoryTree({ ...TREE, ...files }), workdir, command: { shell }, plugins })

const wordsOf = async (shell: string, given?: Given): Promise<string> =>
  (await beside('tests.test_a::test_x', shell, given))?.argv.join(' ') ?? ''

const ORDER = '-p no:randomly -p no:random_order'

describe('a call of pytest that chosen tests are added to', () => {
  it.each([
    ['pytest', 'pytest'],
    ['python3 -m pytest tests -q', 'python3 -m pytest -q'],
    ['FOO=1 uv run pytest tests/test_a.py::test_x', 'env FOO=1 uv run pytest'],
    ['pytest -x --maxfail=1 --maxfail 2 -k "a and b" -m "not slow" -n auto --lf tests', 'pytest'],
    ['pytest --junitxml=r.xml --deselect tests/test_a.py --ignore tests -q', 'pytest -q'],
    ['pytest -c setup.cfg -p no:warnings -W error -o a=b tests', 'pytest -c setup.cfg -p no:warnings -W error -o a=b'],
    ['pytest --ds settings tests --import-mode=importlib', 'pytest --ds settings --import-mode=importlib'],
    ['pytest -- tests', 'pytest'],
  ])('%s becomes %s and what keeps the order', async (shell, words) => {
    expect(await wordsOf(shell)).toBe(`${words} ${ORDER} --rootdir=. --maxfail=0`)
  })

  it.each([
    'make test',
    'pytest && true',
    'cd tests; pytest',
    'pytest $(ls)',
    'pytest tests/*.py',
    'pytest > log',
    "pytest 'open",
  ])('cannot be had from %s, which says what to do', async (shell) => {
    await expect(wordsOf(shell)).rejects.toMatchObject({
      code: 'invalid_input',
      detail: { field: 'command', remedy: 'Say where they go: … {tests} ….' },
    })
  })

  it('leaves plug-ins that shuffle in place where they are there, and tells them not to', async () => {
    const randomly = `pytest --randomly-dont-reorganize -p no:random_order --rootdir=. --maxfail=0`
    expect(await wordsOf('pytest', { files: { 'requirements.txt': 'pytest-randomly\n' } })).toBe(randomly)
    expect(await wordsOf('pytest', { plugins: ['pytest-randomly'] })).toBe(randomly)
    const settings = { 'pytest.ini': '[pytest]\naddopts = --random-order -n auto\n' }
    expect(await wordsOf('pytest', { files: settings })).toBe(
      'pytest -p no:randomly --random-order-bucket=none -n0 --rootdir=. --maxfail=0',
    )
  })
})

describe('ids of a report as pytest calls the tests', () => {
  const named = async (id: string, given?: Given) => (await beside(id, 'pytest tests', given))?.nameOf(id)

  it.each([
    ['tests.test_a::test_x', 'tests/test_a.py::test_x'],
    ['tests.test_a.TestA.TestB::test_x[a::b]', 'tests/test_a.py::TestA::TestB::test_x[a::b]'],
    ['tests.deep.er.test_b::test_x', 'tests/deep.er/test_b.py::test_x'],
    ['tests.TestRoot::test_x', 'tests.py::TestRoot::test_x'],
    ['test_a::test_x', 'tests/test_a.py::test_x'],
  ])('%s is %s', async (id, name) => {
    expect(await named(id)).toBe(name)
  })

  it('go from the working directory, and begin like no option', async () => {
    expect(await named('service.tests.test_c::test_x', { workdir: 'service' })).toBe('tests/test_c.py::test_x')
    expect(await named('tests.test_a::test_x', { workdir: 'service/' })).toBe('../tests/test_a.py::test_x')
    const odd = { '-k/test_d.py': '', '@x.py': '' }
    expect(await named('-k.test_d::test_x', { files: odd })).toBe('./-k/test_d.py::test_x')
    expect(await named('@x::test_x', { files: odd })).toBe('./@x.py::test_x')
  })

  it.each(['nowhere.test_a::test_x', 'no colons', '::x'])('%s is none', async (id) => {
    expect(await named(id)).toBeUndefined()
  })
})

describe('what people type', () => {
  it('quotes whatever a shell would read', () => {
    const names = ["a.py::t[it's; $(x)]", 'b.py::t']
    expect(plainLine({ argv: ['pytest', '-o', 'a b'] }, names)).toBe(
      `pytest -o 'a b' 'a.py::t[it'"'"'s; $(x)]' b.py::t`,
    )
    expect(plainLine({ shell: 'cd x && pytest {tests} -q' }, names)).toBe(
      `cd x && pytest 'a.py::t[it'"'"'s; $(x)]' b.py::t -q`,
    )
  })
})

describe('unittest', () => {
  it('is told a folder to import from where tests are in no package', async () => {
    const place = { files: memoryTree(TREE), workdir: '.', plugins: [] }
    const command = { shell: 'uv run python -m unittest discover -s tests' }
    const inOrder = await unittestInOrder.beside('test_a.TestA::test_x', { ...place, command })
    expect(inOrder?.argv.slice(0, 4)).toEqual(['uv', 'run', 'python', '-c'])
    expect(inOrder?.argv.slice(-2)).toEqual(['these', 'tests'])
    expect(await inOrder?.nameOf('test_a.TestA::test_x')).toBe('test_a.TestA.test_x')
    expect(inOrder?.plain).toEqual({ argv: ['env', 'PYTHONPATH=tests', 'uv', 'run', 'python', '-m', 'unittest'] })
    const other = unittestInOrder.beside('test_a.TestA::test_x', { ...place, command: { shell: 'make' } })
    await expect(other).rejects.toMatchObject({ code: 'invalid_input', detail: { field: 'command' } })
  })
})

it.each(['go', 'jest', 'vitest', 'mocha', 'maven', 'node-test', null] as const)(
  '%s cannot, and who can is named',
  (name) => {
    expect(() => testsInOrder(name)).toThrow(/cannot run chosen tests in a given order; pytest and unittest can/)
  },
)
