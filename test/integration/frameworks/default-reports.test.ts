import { mkdir, mkdtemp, readFile, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import type { RunTests } from '../../../src/contract/index.ts'
import { collectReports } from '../../../src/executors/local/run/collect-reports.ts'
import { type DetectOptions, detectFramework } from '../../../src/frameworks/detect.ts'
import { reportGlobs } from '../../../src/frameworks/report-globs.ts'
import { readRunTests } from '../../../src/frameworks/reports/read-run-tests.ts'
import { directoryTree } from '../../fixtures/directory-tree.ts'
import { makeProject, type Project, setUp } from './project.ts'

const REGISTRY_TIMEOUT_MS = 180_000

const projects: Project[] = []
afterEach(async () => {
  for (const project of projects.splice(0)) await project.remove()
})

async function projectOf(files: Record<string, string>): Promise<Project> {
  const project = await makeProject()
  projects.push(project)
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(project.tree, path)), { recursive: true })
    await writeFile(join(project.tree, path), content)
  }
  return project
}

interface Ran {
  exitCode: number
  stdout: string
  output: string
  tests: RunTests | undefined
}

/** Sets a project up and tests it as a suite of no options would, once for each seed. */
async function testedWith(project: Project, seeds: number[], options: DetectOptions = {}): Promise<Ran[]> {
  const detected = await detectFramework(directoryTree(project.tree), undefined, options)
  await setUp(project, detected.setup)
  const command = options.command ?? detected.command
  if (command === undefined || !('shell' in command)) throw new Error('no command')
  const ran: Ran[] = []
  for (const seed of seeds) {
    const printed = join(project.home, 'stdout')
    const { exitCode, output } = await project.run(
      { shell: `( ${command.shell} ) >'${printed}'` },
      detected.environment(seed, 0),
    )
    const globs = reportGlobs(detected.template, undefined, detected.reports)
    const { files } = await collectReports(globs, project.tree, '/nowhere', await mkdtemp(join(project.home, 'kept-')))
    const head = await readFile(printed)
    const stdout = { head, tail: Buffer.alloc(0), droppedBytes: 0 }
    const tests = await readRunTests({ files, stdout, framework: detected.framework })
    ran.push({ exitCode, stdout: head.toString(), output: `${head}${output}`, tests })
  }
  return ran
}

const LANES = `import os

def lane(seed):
    return int(seed) % 4

def test_sound():
    assert lane(8) == 0

def test_lanes():
    assert lane(os.environ["TEST_SEED"]) != 3, "lane %s is closed" % os.environ["TEST_SEED"]

class TestLabels:
    def test_print(self):
        pass
`

describe('a run without any option tells of its tests', () => {
  it(
    'with pytest',
    async () => {
      const project = await projectOf({ 'requirements.txt': 'pytest\n', 'tests/test_lanes.py': LANES })
      const [passed, failed, again] = await testedWith(project, [4, 7, 11])
      const order = [
        'tests.test_lanes::test_sound',
        'tests.test_lanes::test_lanes',
        'tests.test_lanes.TestLabels::test_print',
      ]
      expect(passed).toMatchObject({ exitCode: 0, tests: { ran: order, failed: [], unreadable: [], order } })
      expect(failed).toMatchObject({
        exitCode: 1,
        tests: {
          ran: order,
          failed: [{ id: 'tests.test_lanes::test_lanes', order: 1, message: /^AssertionError: lane 7 is closed/ }],
        },
      })
      // One flake reads as one, whatever number is in its message.
      expect(again?.tests?.failed[0]?.fingerprint).toBe(failed?.tests?.failed[0]?.fingerprint)
      expect(again?.tests?.failed[0]?.message).not.toBe(failed?.tests?.failed[0]?.message)
    },
    REGISTRY_TIMEOUT_MS,
  )

  it(
    'with pytest by a shell command of the user, in a folder below',
    async () => {
      const project = await projectOf({ 'service/tests/test_lanes.py': LANES, 'conftest.py': '' })
      const [ran] = await testedWith(project, [7], {
        command: { shell: 'cd service && CI=1 python3 -m pytest -q tests || exit 3' },
      })
      expect(ran).toMatchObject({ exitCode: 3, tests: { failed: [{ id: 'tests.test_lanes::test_lanes' }] } })
    },
    REGISTRY_TIMEOUT_MS,
  )

  it("with Node's runner, whose children and readers notice nothing", async () => {
    const project = await projectOf({
      'package.json': JSON.stringify({ scripts: { test: 'node --test' } }),
      'test/lanes.test.js': `
        const { execFileSync } = require('node:child_process')
        const { readdirSync } = require('node:fs')
        const { describe, it } = require('node:test')
        describe('lanes', () => {
          it('are open', () => { if (process.env.TEST_SEED === '7') throw new TypeError('lane 7 is closed') })
          it('are made by a child', () => {
            const said = execFileSync(process.execPath, ['-p', '6 * 7'], { encoding: 'utf8' })
            if (said !== '42\\n') throw new Error('the child said ' + said)
          })
        })`,
    })
    const [passed, failed] = await testedWith(project, [4, 7])
    expect(passed).toMatchObject({
      exitCode: 0,
      tests: { ran: ['lanes > are open', 'lanes > are made by a child'], failed: [] },
    })
    expect(passed?.stdout).toContain('✔ are open')
    expect(failed).toMatchObject({
      exitCode: 1,
      tests: { failed: [{ id: 'lanes > are open', message: 'TypeError: lane 7 is closed', order: 0 }], unreadable: [] },
    })
  })

  it(
    'with Go, whose lines of JSON are the output',
    async () => {
      const project = await projectOf({
        'go.mod': 'module example.org/parcels\n\ngo 1.21\n',
        'lanes_test.go': `package parcels
          import ("os"; "testing")
          func TestSound(t *testing.T) {}
          func TestLanes(t *testing.T) {
            t.Run("open", func(t *testing.T) { if os.Getenv("TEST_SEED") == "7" { t.Fatal("lane 7 is closed") } })
          }`,
      })
      const [passed, failed] = await testedWith(project, [4, 7])
      const ran = ['TestSound', 'TestLanes/open', 'TestLanes'].map((name) => `example.org/parcels::${name}`)
      expect(passed).toMatchObject({ exitCode: 0, tests: { ran, failed: [] } })
      expect(failed).toMatchObject({
        exitCode: 1,
        tests: { ran, failed: [{ id: 'example.org/parcels::TestLanes/open' }, { message: 'a subtest failed' }] },
      })
    },
    REGISTRY_TIMEOUT_MS,
  )

  it(
    'with Vitest',
    async () => {
      const project = await projectOf({
        'vitest.config.mjs': 'export default { cacheDir: ".cache" }',
        'lanes.test.mjs': `
        import { describe, expect, it } from 'vitest'
        describe('lanes', () => { it('are open', () => expect(process.env.TEST_SEED).not.toBe('7')) })`,
      })
      await symlink(join(import.meta.dirname, '../../../node_modules'), join(project.tree, 'node_modules'))
      const [passed, failed] = await testedWith(project, [4, 7])
      expect(passed).toMatchObject({ exitCode: 0, tests: { ran: ['lanes.test.mjs::lanes > are open'], failed: [] } })
      expect(failed).toMatchObject({
        exitCode: 1,
        tests: { failed: [{ message: /^AssertionError: expected '7' not to be '7'/ }] },
      })
      expect(failed?.stdout).toContain('lanes.test.mjs')
    },
    REGISTRY_TIMEOUT_MS,
  )
})

describe('--shuffle runs tests in an order that the seed makes, and the same seed makes again', () => {
  const SHUFFLED = { shuffle: true }
  const SEEDS = [1, 2, 3, 1]
  const orders = (ran: Ran[]) => ran.map(({ tests }) => tests?.order.join(' '))

  function expectShuffled(ran: Ran[]): void {
    const [first, , , again] = orders(ran)
    expect(first).toBe(again)
    expect(new Set(orders(ran)).size).toBeGreaterThan(1)
    expect(new Set(ran.map(({ tests }) => tests?.ran.toSorted().join(' '))).size).toBe(1)
  }

  it(
    'with pytest, whose plug-in for it is installed',
    async () => {
      const tests = Array.from({ length: 8 }, (_, index) => `def test_${index}(): pass`).join('\n')
      const files = { 'conftest.py': '', 'test_a.py': tests }
      expectShuffled(await testedWith(await projectOf(files), SEEDS, SHUFFLED))
      const [plain] = await testedWith(await projectOf(files), [9])
      expect(plain?.tests?.order).toEqual(Array.from({ length: 8 }, (_, index) => `test_a::test_${index}`))
    },
    REGISTRY_TIMEOUT_MS,
  )

  it(
    'with Go',
    async () => {
      const tests = Array.from({ length: 8 }, (_, index) => `func Test${index}(t *testing.T) {}`).join('\n')
      const project = await projectOf({
        'go.mod': 'module example.org/parcels\n\ngo 1.21\n',
        'a_test.go': `package parcels\nimport "testing"\n${tests}\n`,
      })
      expectShuffled(await testedWith(project, SEEDS, SHUFFLED))
    },
    REGISTRY_TIMEOUT_MS,
  )

  it(
    'with Vitest',
    async () => {
      const tests = Array.from({ length: 8 }, (_, index) => `it('t${index}', () => {})`).join('\n')
      const project = await projectOf({
        'vitest.config.mjs': 'export default { cacheDir: ".cache" }',
        'a.test.mjs': `import { it } from 'vitest'\n${tests}\n`,
      })
      await symlink(join(import.meta.dirname, '../../../node_modules'), join(project.tree, 'node_modules'))
      const ran = await testedWith(project, SEEDS, SHUFFLED)
      expect(ran.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0, 0])
      for (const [index, seed] of SEEDS.entries()) expect(ran[index]?.stdout).toContain(`seed "${seed}"`)
    },
    REGISTRY_TIMEOUT_MS,
  )
})
