import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { SuiteReport } from '../../src/contract/index.ts'
import { signalProcess } from '../../src/executors/local/runner/process-tree.ts'
import { alwaysValid } from '../../src/stats/always-valid.ts'
import { clopperPearson } from '../../src/stats/interval.ts'
import { drawSeeds } from '../../src/stats/seeds.ts'
import type { Store } from '../../src/store/store.ts'
import { findStack } from '../../src/temporal/supervisor/client.ts'
import { Home } from '../support/home.ts'
import { plainRepository, type TestRepository } from '../support/repository.ts'
import { until } from '../support/until.ts'

let home: Home
let repo: TestRepository
let store: Store
beforeAll(async () => {
  ;[home, repo] = await Promise.all([Home.make({ COMMIT_SUITE_SLOTS: '2' }), plainRepository(2)])
  store = await home.store()
})
afterAll(async () => {
  await store.close()
  await home.dispose()
  await repo.remove()
})

const run = (id: string, command: string, ...args: string[]) => [
  ...['run', '--repo', repo.path, '--no-setup', '--commits', 'HEAD~1,HEAD', '--id', id, '--command', command],
  ...args,
]
/** Half of the attempts fail, whatever their seed. */
const FLAKY = 'exit $(($ATTEMPT % 2))'

const eventsOf = (suite: string) => store.events.read(suite, 0, 10_000)
const seqs = async (suite: string) => (await eventsOf(suite)).map(({ seq }) => seq)
const gapless = (count: number) => Array.from({ length: count }, (_, index) => index + 1)
const seedsOf = (report: SuiteReport) => report.commits.map(({ results }) => results?.map(({ seed }) => seed))
const begun = async (suite: string) => (await eventsOf(suite)).some(({ type }) => type === 'run.started')

describe('commit-suite extend', () => {
  it('adds runs under new seeds to a suite that has ended, and judges over all of them', async () => {
    const first = await home.report(...run('more', FLAKY, '--runs', '5', '--seed', '7'))
    expect(seedsOf(first.report)).toEqual([drawSeeds(7, 5), drawSeeds(7, 5)])
    for (const commit of first.report.commits) expect(commit.interval).toEqual(clopperPearson(2, 5))
    const before = await eventsOf('more')
    const { exitCode, report } = await home.report('extend', 'more', '--runs', '5')
    expect(exitCode).toBe(1)
    expect(report).toMatchObject({ suite: 'more', status: 'completed', extensions: 1 })
    expect(seedsOf(report)).toEqual([drawSeeds(7, 10), drawSeeds(7, 10)])
    for (const commit of report.commits) {
      expect(commit).toMatchObject({ runs: 10, passed: 5, failed: 5, verdict: 'flaky' })
      // Whoever extends has looked at the results.
      expect(commit.interval).toEqual(alwaysValid(5, 10))
    }
    const events = await eventsOf('more')
    expect(events.slice(0, before.length)).toEqual(before)
    expect(await seqs('more')).toEqual(gapless(events.length))
    const kinds = events.map(({ type }) => type)
    expect(kinds.filter((type) => type === 'suite.started' || type === 'suite.finished')).toEqual([
      'suite.started',
      'suite.finished',
      'suite.started',
      'suite.finished',
    ])
    expect(kinds.filter((type) => type === 'run.finished')).toHaveLength(20)
    expect(kinds.filter((type) => type === 'commit.verdict')).toHaveLength(4)
    expect(events[before.length]).toMatchObject({ type: 'suite.started', data: { runs: 10 } })
  })

  it('prints with --follow only what is new, and joins the same extension of a number', async () => {
    const before = (await eventsOf('more')).length
    const extend = ['extend', 'more', '--runs', '1', '--number', '2', '--json']
    const lines = (await home.cli(...extend, '--follow')).stdout.split('\n').map((line) => JSON.parse(line))
    expect(lines.slice(0, -1).map(({ seq }) => seq)).toEqual((await seqs('more')).slice(before))
    expect(lines.at(-1)).toMatchObject({ suite: 'more', extensions: 2 })
    const again = await home.cli(...extend)
    expect(again.stderr).toContain('joined extension 2 of more, which is completed')
    expect(JSON.parse(again.stdout)).toEqual(lines.at(-1))
    const other = await home.cli('extend', 'more', '--runs', '2', '--number', '2')
    expect(other).toMatchObject({ exitCode: 2, stdout: '' })
    expect(other.stderr).toContain('--number: 2 – suite more has 2 extensions, so that the next one is number 3')
    expect((await store.suites.get('more'))?.spec.runs).toBe(11)
  })

  it('repeats runs that were cancelled, in another generation, and adds runs with them', async () => {
    const gate = join(home.config.stateDir, 'gate')
    const running = home.start(...run('lost', `while [ ! -e ${gate} ]; do sleep 0.05; done`, '--runs', '3'))
    await until('a run has begun', () => begun('lost'))
    running.kill('SIGINT')
    expect((await running).exitCode).toBe(130)
    await writeFile(gate, '')
    const { exitCode, report } = await home.report('extend', 'lost', '--errors', '--runs', '1')
    expect(exitCode).toBe(0)
    for (const [index, commit] of report.commits.entries()) {
      const name = `lost.${repo.shas[index]?.slice(0, 12)}`
      expect(commit).toMatchObject({ runs: 4, passed: 4, cancelled: 0, verdict: 'passing' })
      expect(commit.results?.map(({ id }) => id)).toEqual([`${name}.0.g1`, `${name}.1.g1`, `${name}.2.g1`, `${name}.3`])
    }
    const key = { suite: 'lost', sha: repo.shas[0] ?? '', attempt: 0, generation: 0 }
    expect((await store.results.get(key))?.outcome).toBe('cancelled')
    expect(await seqs('lost')).toEqual(gapless((await eventsOf('lost')).length))
    const nothing = await home.cli('extend', 'lost', '--errors')
    expect(nothing).toMatchObject({ exitCode: 2, stdout: '' })
    expect(nothing.stderr).toContain('--errors: true – no run of the suite ended error or cancelled')
    expect(await store.suites.get('lost')).toMatchObject({ status: 'completed', extensions: 1 })
  })

  it('repeats runs that ended in error, with the secrets of its own command', async () => {
    const named = new Home(home.config.stateDir, { ...home.env, TOKEN: 'alpha-correct-horse' })
    const gate = join(home.config.stateDir, 'never')
    const command = `test "$TOKEN" = alpha-correct-horse && { test $ATTEMPT = 2 || while [ ! -e ${gate} ]; do sleep 0.05; done; }`
    await named.cli(...run('faulty', command, '--runs', '2', '--secret-env', 'TOKEN'), '--detach')
    await until('a run has begun', () => begun('faulty'))
    const { pid, serverPid, workerPid } = await home.readyStack()
    for (const victim of [pid, workerPid, serverPid]) if (victim !== null) signalProcess(victim, 'SIGKILL')
    await until('the stack is gone', async () => (await findStack(home.config)) === undefined)
    const watched = await home.report('watch', 'faulty')
    expect(watched.exitCode).toBe(3)
    expect(watched.report.commits.map(({ errors }) => errors)).toEqual([2, 2])
    const without = await home.cli('extend', 'faulty', '--errors')
    expect(without).toMatchObject({ exitCode: 2, stdout: '' })
    expect(without.stderr).toContain('--secret-env: "TOKEN" – is not set')
    await writeFile(gate, '')
    const { exitCode, report } = await named.report('extend', 'faulty', '--errors')
    expect(exitCode).toBe(0)
    expect(report.commits.map(({ errors, passed }) => [errors, passed])).toEqual([
      [0, 2],
      [0, 2],
    ])
    expect(report.commits[1]?.results?.map(({ id }) => id.split('.').slice(2).join('.'))).toEqual(['0.g1', '1.g1'])
  })

  it('extends a suite that is open once its present runs are done', async () => {
    const gate = join(home.config.stateDir, 'open-gate')
    const running = home.start(...run('open', `while [ ! -e ${gate} ]; do sleep 0.05; done`, '--runs', '4', '--json'))
    await until('a run has begun', () => begun('open'))
    const extended = await home.cli('extend', 'open', '--runs', '2', '--detach')
    expect(extended).toMatchObject({ exitCode: 0, stdout: 'open' })
    await writeFile(gate, '')
    const { exitCode, stdout } = await running
    expect(exitCode).toBe(0)
    const report: SuiteReport = JSON.parse(stdout)
    expect(report.commits.map(({ passed }) => passed)).toEqual([6, 6])
    expect((await eventsOf('open')).filter(({ type }) => type === 'suite.finished')).toHaveLength(1)
    expect(await seqs('open')).toEqual(gapless((await eventsOf('open')).length))
  })

  it('is interrupted like run', async () => {
    await home.report(...run('stopped', FLAKY, '--runs', '2'))
    const before = (await eventsOf('stopped')).length
    const extending = home.start('extend', 'stopped', '--runs', '400')
    await until('a new run has ended', async () =>
      (await eventsOf('stopped')).slice(before).some(({ type }) => type === 'run.finished'),
    )
    extending.kill('SIGINT')
    expect((await extending).exitCode).toBe(130)
    expect(await store.suites.get('stopped')).toMatchObject({ status: 'cancelled', extensions: 1 })
    const tallies = [...(await store.results.tallies('stopped')).values()]
    expect(tallies.map((tally) => Object.values(tally).reduce((sum, n) => sum + n, 0))).toEqual([402, 402])
  })

  it('takes only seeds of its own for a suite whose seeds were given', async () => {
    await home.report(...run('given', 'true', '--seeds', '11,12'))
    const drawn = await home.cli('extend', 'given', '--runs', '2')
    expect(drawn).toMatchObject({ exitCode: 2, stdout: '' })
    expect(drawn.stderr).toContain('--runs: 2 – the seeds of this suite were given one by one')
    const used = await home.cli('extend', 'given', '--seeds', '13,12')
    expect(used.stderr).toContain('--seeds: 12 – is a seed of this suite already')
    const { report } = await home.report('extend', 'given', '--seeds', '13,9')
    expect(seedsOf(report)).toEqual([
      [11, 12, 13, 9],
      [11, 12, 13, 9],
    ])
  })

  it('refuses bad input and leaves the suite as it was', async () => {
    const before = await store.suites.get('given')
    const cases: [string[], string][] = [
      [['given'], 'extend: say by what'],
      [['given', '--runs', '0'], '--runs: "0" – must be a whole number from 1 to 100,000'],
      [['given', '--seeds', '3,x'], '--seeds: "x" – must be a whole number'],
      [['given', '--seeds', '3,3'], '--seeds: 3 – each seed may be given once'],
      [['more', '--runs', '99990'], '--runs: 99990 – makes 100001 runs of each commit'],
      [['nowhere', '--runs', '1'], 'ID: "nowhere" – there is no such suite'],
    ]
    for (const [args, message] of cases) {
      const { exitCode, stdout, stderr } = await home.cli('extend', ...args)
      expect(stderr).toContain(message)
      expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
    }
    expect(await store.suites.get('given')).toEqual(before)
    expect(await store.suites.get('more')).toMatchObject({ status: 'completed', extensions: 2 })
  })
})
