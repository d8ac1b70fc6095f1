import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Home } from '../support/home.ts'
import { installedPytest } from '../support/pytest.ts'
import { runResult, runTests } from '../unit/store/samples.ts'

/** `test_net` fails in odd attempts, `test_gpu` in attempt 2 as well; what else fails is `test_other`, in attempt 3. */
const TESTS = `import os
attempt = int(os.environ["ATTEMPT"])
def test_net(): assert attempt % 2 == 0
def test_gpu(): assert attempt != 2
def test_other(): assert attempt != 3
def test_sound(): pass
`
/** Fails from the moment on at which a file is there: nothing of it hangs on the seed. */
const FLAGGED = `import os
def test_flag(): assert not os.path.exists(os.environ["FLAG"])
`

/** Writes what a test runner would, without being one: a run takes some milliseconds. */
const STABLE = `printf '<testsuite name="s"><testcase classname="t" name="test_a"/></testsuite>' >junit.xml`
const BLIND = 'exit $((ATTEMPT % 2))'

const RULES = `
quarantine:
  - {test: tests/test_x.py::test_net, reason: the network is slow, since: 2026-01-05}
ignore: [test_gpu]
severity: {high: 0.2}
`

/** By tag, oldest first: the files that the commit changes. */
const COMMITS: Record<string, Record<string, string>> = {
  bare: { 'tests/test_x.py': TESTS },
  held: { '.commit-suite.yml': RULES },
  other: { '.commit-suite.yml': '', '.flaky-detector.yml': 'ignore_patterns: ["test_*"]' },
  flag: { 'tests/test_x.py': FLAGGED, '.commit-suite.yml': 'quarantine: [test_flag]\n' },
  bad: { '.commit-suite.yml': 'quarantine: test_net\n' },
  before: { '.commit-suite.yml': 'runs: 4\n' },
  stable: { '.commit-suite.yml': 'quarantine: [test_a, test_gone]\nparalelism: 3\n' },
}

let home: Home
let repo: string
let python: Awaited<ReturnType<typeof installedPytest>>
let stack: ReturnType<Home['start']>
beforeAll(async () => {
  home = await Home.make()
  python = await installedPytest()
  repo = await makeRepository()
  // Held for all tests: each command starts much faster then.
  stack = home.start('serve', '--port', '0')
  await home.readyStack()
})
afterAll(async () => {
  stack?.kill('SIGTERM')
  await stack
  await home?.dispose()
  await python?.remove()
  await rm(repo, { recursive: true, force: true })
})

async function makeRepository(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'cs-quarantine-'))
  const identity = ['-c', 'user.name=Test', '-c', 'user.email=test@example.org', '-c', 'commit.gpgSign=false']
  const git = (...args: string[]) => execa('git', [...identity, ...args], { cwd: path })
  await git('init', '--quiet', '--initial-branch=main')
  await mkdir(join(path, 'tests'))
  for (const [tag, files] of Object.entries(COMMITS)) {
    for (const [name, text] of Object.entries(files)) await writeFile(join(path, name), text)
    await git('add', '.')
    await git('commit', '--quiet', '--message', tag)
    await git('tag', tag)
  }
  return path
}

const options = (commits: string, command: string, id: string) => [
  ...['--repo', repo, '--commits', commits, '--command', command, '--id', id, '--runs'],
]
const pytestCommand = () => `${python.words} -q`
const pytest = (commit: string, id: string) => ['run', ...options(commit, pytestCommand(), id), '4', '--no-setup']

describe('a commit with tests in quarantine', () => {
  it('fails without the file, and passes where no other test fails', async () => {
    const bare = await home.report(...pytest('bare', 'bare'))
    expect(bare).toMatchObject({ exitCode: 1, report: { commits: [{ verdict: 'flaky', failed: 3 }] } })
    const held = await home.report(...pytest('held', 'held'))
    expect(held.exitCode).toBe(1)
    const [commit] = held.report.commits
    expect(commit).toMatchObject({ verdict: 'flaky', failed: 1, failureRate: 0.25, severity: 'high' })
    expect(commit?.results?.map(({ outcome, reason, exitCode }) => [outcome, reason, exitCode])).toEqual([
      ['passed', null, 0],
      ['passed', 'only_quarantined', 1],
      ['passed', 'only_ignored', 1],
      ['failed', null, 1],
    ])
    expect(commit?.tests?.map(({ id, failed, quarantined, ignored }) => [id, failed, quarantined, ignored])).toEqual([
      ['tests.test_x::test_gpu', 1, undefined, true],
      ['tests.test_x::test_net', 2, true, undefined],
      ['tests.test_x::test_other', 1, undefined, undefined],
      ['tests.test_x::test_sound', 0, undefined, undefined],
    ])
  })

  it('passes, says which tests failed, and is replayed as it was', async () => {
    const args = ['run', ...options('held', `${pytestCommand()} -k "not other"`, 'only'), '2', '--no-setup']
    const { exitCode, stdout, stderr } = await home.cli(...args)
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 })
    expect(stdout).toMatch(/1 quarantined test failed, which is no failure of the commit: .*test_net \(1\/2, 50\.0 %/)
    const { report } = await home.report('show', 'only', '--results')
    const held = report.commits[0]?.results?.[1]
    const replayed = await home.cli('replay', held?.id ?? '', '--times', '2', '--json')
    expect(replayed.exitCode).toBe(0)
    expect(JSON.parse(replayed.stdout)).toMatchObject({
      ...{ outcome: 'passed', reason: 'only_quarantined', reproduced: 2, counted: 2 },
      results: [{ outcome: 'passed', reason: 'only_quarantined', exitCode: 1 }, { reason: 'only_quarantined' }],
    })
    const script = await home.cli('replay', held?.id ?? '', '--print')
    expect(await execa('sh', { input: `${script.stdout}\n`, reject: false })).toMatchObject({ exitCode: 1 })
  })

  it('is not reproduced by a replay without failures where it had some, or the other way round', async () => {
    const flag = join(home.config.stateDir, 'flag')
    const args = ['run', ...options('flag', pytestCommand(), 'flag'), '1', '--no-setup', '--env', `FLAG=${flag}`]
    const { exitCode, report } = await home.report(...args)
    expect(exitCode).toBe(0)
    await writeFile(flag, '')
    const replayed = await home.cli('replay', report.commits[0]?.results?.[0]?.id ?? '', '--json')
    expect(JSON.parse(replayed.stdout)).toMatchObject({
      ...{ outcome: 'passed', reason: null, reproduced: 0, counted: 1 },
      results: [{ outcome: 'passed', reason: 'only_quarantined' }],
    })
  })

  it('has its rules from .flaky-detector.yml where its own file is silent', async () => {
    const { exitCode, report } = await home.report(...pytest('other', 'other'))
    expect(exitCode).toBe(0)
    expect(report.commits[0]).toMatchObject({ verdict: 'passing', passed: 4 })
    const reasons = report.commits[0]?.results?.map(({ reason }) => reason)
    expect(reasons).toEqual([null, 'only_ignored', 'only_ignored', 'only_ignored'])
    const replayed = await home.cli('replay', report.commits[0]?.results?.[1]?.id ?? '', '--json')
    expect(JSON.parse(replayed.stdout)).toMatchObject({ reason: 'only_ignored', reproduced: 1, counted: 1 })
  })

  it('warns where no report explains a failure', async () => {
    const { exitCode, stderr } = await home.cli('run', ...options('held', BLIND, 'blind'), '2', '--no-setup')
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(
      /warning: The quarantine .* no effect on run blind\.[0-9a-f]{12}\.1, because it left no report/,
    )
  })

  it('is refused where it is the newest and its file is bad, and left untested where it is another', async () => {
    const { exitCode, stderr } = await home.cli('run', ...options('bad', 'true', 'bad'), '1')
    expect({ exitCode, stderr }).toEqual({
      exitCode: 2,
      stderr: expect.stringContaining('.commit-suite.yml:1: quarantine: "test_net" – must be a list of at most 1000'),
    })
    const older = await home.cli('run', ...options('bad,before', 'true', 'older'), '1', '--no-setup')
    expect(older.exitCode).toBe(3)
    expect(older.stdout).toMatch(/inconclusive.*config_invalid/)
    expect(older.stdout).toContain('.commit-suite.yml:1: quarantine: "test_net"')
  })

  it('names tests that have passed often enough to leave, here and at earlier commits', async () => {
    const few = await home.report('run', ...options('before,stable', STABLE, 'few'), '2', '--no-setup')
    expect(few.exitCode).toBe(0)
    const [before, stable] = few.report.commits
    expect(before?.tests).toMatchObject([{ id: 't::test_a', runs: 2, failed: 0 }])
    expect(stable?.tests).toMatchObject([{ id: 't::test_a', quarantined: true }])
    expect(stable?.tests?.[0]).not.toHaveProperty('mayLeaveQuarantine')
    await recordPasses('earlier', before?.sha ?? '', 299 - 2 - 2 - 1)

    const { exitCode, stdout, stderr } = await home.cli('run', ...options('stable', STABLE, 'more'), '1', '--no-setup')
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(/1 quarantined test passed often enough, .* to leave the quarantine .*t::test_a \(0\/1/)
    expect(stderr).toContain('warning: .commit-suite.yml:2: "paralelism" is not a known key. Did you mean parallelism?')
    const again = await home.report('show', 'more')
    expect(again.report.commits).toMatchObject([{ tests: [{ mayLeaveQuarantine: true }] }])
  })
})

/** A suite of the same repository in which the test passed so often, as if it had been run. */
async function recordPasses(id: string, sha: string, runs: number): Promise<void> {
  const store = await home.store()
  try {
    const few = await store.suites.get('few')
    const [commit] = await store.suites.commits('few', 0, 1)
    if (few === undefined || commit === undefined) throw new Error('few is not on record')
    const seeds = Array.from({ length: runs }, (_, attempt) => attempt + 1)
    await store.suites.create({ spec: { ...few.spec, id, runs }, requestDigest: id, seeds })
    await store.suites.putCommits(id, [{ ...commit, sha }])
    for (const [attempt, seed] of seeds.entries()) {
      await store.results.record(runResult({ suite: id, sha, attempt, seed, artifacts: [] }), runTests(['t::test_a']))
    }
    await store.suites.setStatus(id, 'completed', null)
  } finally {
    await store.close()
  }
}
