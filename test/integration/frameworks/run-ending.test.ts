import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { endingOf } from '../../../activities/run-ending.ts'
import type { Command, RunTests } from '../../../src/contract/index.ts'
import type { RunCompletion } from '../../../src/executors/executor.ts'
import { detectFramework } from '../../../src/frameworks/detect.ts'
import { markTests } from '../../../src/frameworks/reports/mark-tests.ts'
import { askForReport } from '../../../src/frameworks/reports/pytest-report.ts'
import { REQUESTED } from '../../../src/frameworks/reports/requested.ts'
import { directoryTree } from '../../fixtures/directory-tree.ts'
import { runTests } from '../../unit/store/samples.ts'
import { makeProject, type Project, setUp } from './project.ts'

let project: Project
beforeEach(async () => {
  project = await makeProject()
})
afterEach(() => project.remove())

const STREAM = { totalBytes: 0, droppedBytes: 0, head: Buffer.alloc(0), tail: Buffer.alloc(0) }
const PYTEST: Command = { argv: ['python3', '-m', 'pytest', '-q'] }
const MAKE: Command = { argv: ['make', 'test'] }
const FLAKY = '<testsuite><testcase name="test_flaky"><failure/></testcase></testsuite>'
const OTHER = FLAKY.replace('test_flaky', 'test_b')
const PASSED_IGNORED = { outcome: 'passed', reason: 'only_ignored' }
const PASSED_QUARANTINED = { outcome: 'passed', reason: 'only_quarantined' }
const FAILED = { outcome: 'failed', reason: null }

interface Given {
  reports?: Record<string, string>
  ignore?: string[]
  quarantine?: string[]
  /** What the run said of its tests in reports that are no JUnit XML. */
  tests?: RunTests | undefined
  command?: Command
  completion?: Partial<RunCompletion>
}

/** How a run ends that exited with 1 and left these reports. */
async function judged({ reports = {}, ignore = [], quarantine = [], tests, ...given }: Given) {
  const files = []
  for (const [name, text] of Object.entries(reports)) {
    const path = join(project.home, String(files.length))
    await writeFile(path, text)
    files.push({ name, path, sizeBytes: text.length })
  }
  const ended: RunCompletion = {
    ...{ exitCode: 1, signal: null, timedOut: false, outOfMemory: false, startedAt: new Date(), durationMs: 1 },
    ...{ stdout: STREAM, stderr: STREAM, files, node: hostname(), dispose: async () => undefined },
    ...given.completion,
  }
  const rules = { ignore, quarantine, severity: undefined, warnings: [] }
  const marks = await markTests({ ids: tests?.ran ?? [], ignore, quarantine })
  return await endingOf({ command: given.command ?? PYTEST }, ended, rules, { tests, marks })
}
const ending = async (given: Given) => (await judged({ ignore: ['*flaky*'], ...given })).ending

describe('a run whose failing tests do not count', { timeout: 60_000 }, () => {
  it('has passed where all are ignored', async () => {
    expect(await ending({ reports: { 'junit.xml': FLAKY } })).toEqual(PASSED_IGNORED)
  })

  it('has passed where all are ignored or in quarantine, and says which', async () => {
    const held = { ignore: [], quarantine: ['test_flaky'] }
    expect(await ending({ reports: { 'a.xml': FLAKY }, ...held })).toEqual(PASSED_QUARANTINED)
    const both = { ignore: ['test_b'], quarantine: ['test_flaky'] }
    expect(await ending({ reports: { 'a.xml': OTHER, 'b.xml': FLAKY }, ...both })).toEqual(PASSED_QUARANTINED)
    expect(await ending({ reports: { 'a.xml': OTHER }, ...both })).toEqual(PASSED_IGNORED)
    expect(await ending({ reports: { 'a.xml': FLAKY }, ignore: ['*'], quarantine: ['*'] })).toEqual(PASSED_QUARANTINED)
  })

  it('has failed where another test fails too, in whichever report', async () => {
    expect(await ending({ reports: { 'a.xml': FLAKY, 'b.xml': OTHER } })).toEqual(FAILED)
    expect(await ending({ reports: { 'a.xml': FLAKY, 'b.xml': OTHER }, quarantine: ['test_flaky'] })).toEqual(FAILED)
  })

  it('has failed where its reports do not explain the exit code', async () => {
    expect(await ending({})).toEqual(FAILED)
    const passed = '<testsuite><testcase name="test_flaky"/></testsuite>'
    expect(await ending({ reports: { 'a.xml': passed } })).toEqual(FAILED)
    expect(await ending({ reports: { 'a.xml': FLAKY, 'b.xml': '<testsuite>' } })).toEqual(FAILED)
    expect(await ending({ reports: { 'a.xml': FLAKY }, completion: { exitCode: 3 } })).toEqual(FAILED)
    const completion = { exitCode: 2 }
    expect(await ending({ reports: { 'a.xml': FLAKY }, completion, command: MAKE })).toEqual(PASSED_IGNORED)
  })

  it('stays what it is where it ended in another way', async () => {
    const reports = { 'a.xml': FLAKY }
    const endings: [Partial<RunCompletion>, object][] = [
      [{ exitCode: 0 }, { outcome: 'passed', reason: null }],
      [{ exitCode: 127 }, { outcome: 'failed', reason: 'command_not_found' }],
      [
        { exitCode: null, signal: 'SIGSEGV' },
        { outcome: 'crashed', reason: 'signal' },
      ],
      [{ timedOut: true }, { outcome: 'timed_out', reason: null }],
      [{ outOfMemory: true }, { outcome: 'crashed', reason: 'out_of_memory' }],
    ]
    for (const [completion, expected] of endings) expect(await ending({ reports, completion })).toEqual(expected)
  })

  it('has failed where the commit has no patterns', async () => {
    expect(await judged({ reports: { 'a.xml': FLAKY } })).toEqual({ ending: FAILED })
  })
})

describe('reports of other kinds', { timeout: 60_000 }, () => {
  const failure = (id: string) => ({ id, fingerprint: '0123456789ab', message: 'no' })
  const pkg = 'example.com/lanes'
  const tests = (...failed: string[]) =>
    runTests([`${pkg}::TestRoute`, `${pkg}::TestSize`], { failed: failed.map(failure) })
  const quarantine = ['TestRoute']
  const ended = async (of: RunTests | undefined) => await judged({ tests: of, quarantine, command: MAKE })

  it('explain a failure as JUnit XML does', async () => {
    expect(await ended(tests(`${pkg}::TestRoute`))).toEqual({ ending: PASSED_QUARANTINED })
    expect(await ended(tests(`${pkg}::TestRoute`, `${pkg}::TestSize`))).toEqual({ ending: FAILED })
    expect(await ended(tests())).toEqual({ ending: FAILED })
    const beyond = { ...tests(`${pkg}::TestRoute`), failedBeyond: [`${pkg}::TestSize`] }
    expect(await ended(beyond)).toEqual({ ending: FAILED })
  })

  it('do not where something besides tests fails', async () => {
    const outside = { ...tests(`${pkg}::TestRoute`), outsideTests: [failure('example.com/broken')] }
    expect(await ended(outside)).toEqual({ ending: FAILED })
  })

  it('are missed in words where there are none, or none that can be read', async () => {
    expect(await ended(undefined)).toEqual({ ending: FAILED, withoutEffect: 'it left no report of its tests' })
    const unreadable = { ...tests(), unreadable: [{ name: 'stdout', why: 'it is cut off' }] }
    expect(await ended(unreadable)).toEqual({ ending: FAILED, withoutEffect: 'stdout cannot be read: it is cut off' })
    const reports = { 'a.xml': '<testsuite>' }
    expect((await judged({ reports, quarantine })).withoutEffect).toMatch(/^a\.xml cannot be read: Unclosed root tag/)
  })
})

/** Where the host has no pytest it is installed. */
describe('pytest itself', { timeout: 180_000 }, () => {
  const TESTS =
    'def test_sound(): pass\ndef test_flaky(): assert False\nclass TestA:\n  def test_b(self): assert False\n'

  async function run() {
    await mkdir(join(project.tree, 'tests'))
    await writeFile(join(project.tree, 'tests', 'test_x.py'), TESTS)
    await setUp(project, (await detectFramework(directoryTree(project.tree))).setup)
    const ended = await project.run(PYTEST, askForReport({ PYTEST_ADDOPTS: '-rN' }))
    return { ended, report: await readFile(join(project.tree, REQUESTED.junit), 'utf8') }
  }

  it('reports its tests by the names that patterns are written in', async () => {
    const { ended, report } = await run()
    expect(ended.exitCode).toBe(1)
    const under = (...ignore: string[]) => ending({ reports: { [REQUESTED.junit]: report }, ignore })
    expect(await under('tests/test_x.py::test_flaky', 'tests.test_x::TestA::*')).toEqual(PASSED_IGNORED)
    expect(await under('tests.test_x::*')).toEqual(PASSED_IGNORED)
    expect(await under('test_flaky')).toEqual(FAILED)
  })
})
