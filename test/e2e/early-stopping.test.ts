import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ReportedCommit } from '../../src/contract/index.ts'
import { alwaysValid } from '../../src/stats/always-valid.ts'
import { drawSeeds } from '../../src/stats/seeds.ts'
import { firstCrossing, sprtOf } from '../../src/stats/sprt.ts'
import { testSprtOf } from '../../src/stats/test-sprt.ts'
import type { Store } from '../../src/store/store.ts'
import { Home } from '../support/home.ts'
import { plainRepository, type TestRepository } from '../support/repository.ts'
import { until } from '../support/until.ts'

let home: Home
let repo: TestRepository
let store: Store
/** Keeps the stack up from one command to the next. */
let serving: ReturnType<Home['start']>
beforeAll(async () => {
  ;[home, repo] = await Promise.all([Home.make({ COMMIT_SUITE_SLOTS: '4' }), plainRepository(2)])
  store = await home.store()
  serving = home.start('serve', '--port', '0')
})
afterAll(async () => {
  serving.kill('SIGTERM')
  await serving
  await store.close()
  await home.dispose()
  await repo.remove()
})

const SPRT = sprtOf({ maxFlakeRate: 0.05, confidence: 0.95 })
/** ln(.05/.95) / ln(.95/.99), rounded up: runs without a failure that rule out a rate of .05. */
const RUNS_OF_A_PASS = 72
/** As many runs more suffice to notice that there is enough evidence. */
const BEYOND = 10

const run = (id: string, command: string, ...args: string[]) => [
  ...['run', '--repo', repo.path, '--no-setup', '--id', id, '--command', command, '--until', 'verdict'],
  ...args,
]

const eventsOf = (suite: string) => store.events.read(suite, 0, 10_000)

/** Of how many runs the verdict has to be, by their seeds in attempt order alone. */
const evidenceBySeed = (seed: number, fails: (seed: number) => boolean) =>
  firstCrossing(SPRT, drawSeeds(seed, 1_000).map(fails))

function expectAlwaysValid(commit: ReportedCommit | undefined): void {
  const { passed = 0, failed = 0, timedOut = 0, crashed = 0 } = commit ?? {}
  const failures = failed + timedOut + crashed
  expect(commit?.interval).toEqual(alwaysValid(failures, passed + failures))
}

describe('commit-suite run --until verdict', () => {
  it('stops a flaky commit and a passing one each as soon as their seeds suffice', async () => {
    const { at, decision } = evidenceBySeed(5, (seed) => seed % 3 === 0)
    expect(decision).toBe('flaky')
    // Runs beyond these end by the stop only.
    const [beyond0, beyond1] = [RUNS_OF_A_PASS + BEYOND, at + BEYOND]
    const command = `case $(cat number) in
      0) test $ATTEMPT -lt ${beyond0} || sleep 600;;
      *) test $ATTEMPT -lt ${beyond1} || sleep 600; test $(($TEST_SEED % 3)) != 0;;
    esac`
    // Fewer than the host has slots: no run begins before one of a lower attempt.
    const args = ['--commits', 'HEAD~1,HEAD', '--seed', '5', '--parallelism', '3']
    const { exitCode, report } = await home.report(...run('both', command, ...args))
    expect(exitCode).toBe(1)
    expect(report.commits).toMatchObject([
      { verdict: 'passing', reason: null, stoppedEarly: true, evidence: RUNS_OF_A_PASS, runs: RUNS_OF_A_PASS },
      { verdict: 'flaky', reason: null, stoppedEarly: true, evidence: at, runs: at },
    ])
    for (const commit of report.commits) {
      expectAlwaysValid(commit)
      expect(commit.results?.map(({ attempt }) => attempt)).toEqual(Array.from({ length: commit.runs }, (_, i) => i))
    }
    const verdicts = (await eventsOf('both')).filter((event) => event.type === 'commit.verdict')
    expect(verdicts.map(({ data }) => [data.verdict, data.stoppedEarly, data.evidence]).toSorted()).toEqual([
      ['flaky', true, at],
      ['passing', true, RUNS_OF_A_PASS],
    ])
    // What was in flight at the stop has no result, or one beyond what counts.
    for (const [commit, most] of [beyond0, beyond1].entries()) {
      const made = await store.results.tally('both', repo.shas[commit] ?? '')
      expect(made).toMatchObject({ cancelled: 0, errors: 0 })
      expect(made.passed + made.failed).toBeLessThanOrEqual(most)
    }
  })

  it('says so to people, and shows the suite again as it ended', async () => {
    const { stdout, stderr } = await home.cli(...run('plain', 'test $(($TEST_SEED % 2)) = 0', '--seed', '3'))
    const { at } = evidenceBySeed(3, (seed) => seed % 2 !== 0)
    expect(stdout).toMatch(new RegExp(`flaky .* ${at} runs\n`))
    expect(stderr).toContain(`commit 1: stopped after ${at}: flaky`)
    expect((await home.cli('show', 'plain')).stdout).toContain(` ${at} runs\n`)
  })

  it('exits with 0 for a commit whose failures stay below the limit', async () => {
    const { exitCode, report } = await home.report(
      ...run('tolerant', 'test $ATTEMPT != 7', '--max-flake-rate', '0.2', '--parallelism', '2'),
    )
    expect(exitCode).toBe(0)
    const reason = 'below_max_flake_rate'
    expect(report.commits).toMatchObject([{ verdict: 'passing', reason, failed: 1, runs: 26, stoppedEarly: true }])
    expectAlwaysValid(report.commits[0])
  })

  it('finds a flake whose failures take much longer than its passes, by the same runs', async () => {
    const gate = join(home.config.stateDir, 'slow-gate')
    const wait = `while [ ! -e ${gate} ]; do sleep 0.05; done`
    const slow = `if [ $(($TEST_SEED % 10)) -lt 3 ]; then ${wait}; exit 1; fi`
    const { decision, at } = evidenceBySeed(24, (seed) => seed % 10 < 3)
    expect(decision).toBe('flaky')
    // Two of them before the evidence suffices: they leave one of three at once to the others.
    const running = home.report(...run('slow', slow, '--seed', '24', '--parallelism', '3'))
    // Passes of later attempts are over before: they tell nothing.
    await until('a later attempt has passed', async () => {
      const results = await store.results.list({ suite: 'slow', sha: repo.shas[1] ?? '', limit: 1_000 })
      return results.some(({ attempt, outcome }) => attempt >= at && outcome === 'passed')
    })
    await writeFile(gate, '')
    const { report } = await running
    expect(report.commits).toMatchObject([{ verdict: 'flaky', evidence: at, runs: at }])
    const onRecord = await store.results.tally('slow', repo.shas[1] ?? '')
    expect(onRecord.passed).toBeGreaterThan(report.commits[0]?.passed ?? 0)
  })

  it('goes on beyond the verdict of a commit until each test that has failed has one', async () => {
    const failed = '<testcase name="rare"><failure/></testcase>'
    const report = (rare: string) => `echo '<testsuite><testcase name="sound"/>${rare}</testsuite>' > junit.xml`
    const command = `test $(($TEST_SEED % 4)) != 0 && ${report('<testcase name="rare"/>')} || { ${report(failed)}; exit 1; }`
    const seeds = drawSeeds(4, 1_000).map((seed) => seed % 4 === 0)
    const commit = firstCrossing(SPRT, seeds)
    const test = firstCrossing(testSprtOf({ maxFlakeRate: 0.05, confidence: 0.95, tests: 2 }), seeds)
    expect(test.at).toBeGreaterThan(commit.at)
    const { report: printed } = await home.report(...run('tests', command, '--seed', '4', '--reports', 'junit.xml'))
    expect(printed.commits).toMatchObject([{ verdict: 'flaky', evidence: test.at, runs: test.at, stoppedEarly: true }])
    const rare = printed.commits[0]?.tests?.find(({ id }) => id.endsWith('rare'))
    expect(rare).toMatchObject({ verdict: 'flaky', runs: test.at, interval: printed.commits[0]?.interval })
  })

  it('ends soon where the command is not found', async () => {
    const { exitCode, report } = await home.report(...run('nowhere', 'no-such-command-anywhere'))
    expect(exitCode).toBe(3)
    const reason = 'command_not_found'
    expect(report.commits).toMatchObject([{ verdict: 'inconclusive', reason, evidence: 5, stoppedEarly: true }])
  })

  it('is inconclusive at the cap, and goes on with an extension until it is decided', async () => {
    const capped = await home.report(...run('capped', 'true', '--runs', '20', '--seed', '9'))
    expect(capped.exitCode).toBe(3)
    const reason = 'undecided_at_cap'
    expect(capped.report.commits).toMatchObject([{ verdict: 'inconclusive', reason, runs: 20, stoppedEarly: false }])
    const extended = await home.report('extend', 'capped', '--runs', '100')
    expect(extended.exitCode).toBe(0)
    const passing = { verdict: 'passing', runs: RUNS_OF_A_PASS, stoppedEarly: true }
    expect(extended.report).toMatchObject({ extensions: 1, commits: [passing] })
    expect(extended.report.commits[0]?.results?.map(({ seed }) => seed)).toEqual(drawSeeds(9, RUNS_OF_A_PASS))
    const events = (await eventsOf('capped')).length
    const again = await home.report('extend', 'capped', '--runs', '10')
    expect(again.report).toMatchObject({ extensions: 2, commits: [passing] })
    const news = (await eventsOf('capped')).slice(events).map(({ type }) => type)
    expect(news).toEqual(['suite.started', 'commit.verdict', 'suite.finished'])
  })

  it('cancelled, it has results of what had begun, and an extension takes it up again', async () => {
    const gate = join(home.config.stateDir, 'gate')
    const [decided = '', hanging = ''] = repo.shas
    const flaky = 'test $(cat number) = 0 && exit $(($ATTEMPT % 2))'
    const command = `${flaky}; test $ATTEMPT -lt 12 || test -e ${gate} || sleep 60`
    // Fewer than the host has slots: nothing is queued ahead on it, where what comes next is not decided by attempt.
    const args = ['--commits', 'HEAD~1,HEAD', '--seed', '2', '--parallelism', '3']
    const running = home.start(...run('cancelled', command, ...args))
    await until('what may end has ended', async () => {
      const begun = (await eventsOf('cancelled')).flatMap((event) =>
        event.type === 'run.started' && event.data.sha === hanging ? [event.data.run] : [],
      )
      // A run that is tried again begins twice.
      return new Set(begun).size === 15
    })
    running.kill('SIGINT')
    expect((await running).exitCode).toBe(130)
    const shown = await home.report('show', 'cancelled')
    const stopped = { sha: decided, verdict: 'flaky', runs: 4, failed: 2, evidence: 4, stoppedEarly: true }
    expect(shown.report.commits).toMatchObject([
      stopped,
      { verdict: 'inconclusive', reason: 'undecided', runs: 15, passed: 12, cancelled: 3, evidence: 15 },
    ])
    expect(await store.results.tally('cancelled', decided)).toMatchObject({ cancelled: 0 })
    await writeFile(gate, '')
    const { exitCode, report } = await home.report('extend', 'cancelled', '--errors')
    expect(exitCode).toBe(1)
    expect(report.commits).toMatchObject([stopped, { verdict: 'passing', runs: RUNS_OF_A_PASS, cancelled: 0 }])
    const ids = report.commits[1]?.results?.map(({ id }) => id.split('.').slice(2).join('.'))
    expect(ids?.slice(11, 16)).toEqual(['11', '12.g1', '13.g1', '14.g1', '15'])
  })

  it('refuses what makes no sense before anything is started', async () => {
    const { exitCode, stdout, stderr } = await home.cli(...run('bad', 'true', '--max-flake-rate', '2'))
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
    expect(stderr).toContain('--max-flake-rate: "2" – must be a rate from 0.0001 to 0.9')
    expect(await store.suites.get('bad')).toBeUndefined()
  })
})
