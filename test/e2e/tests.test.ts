import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ReportedCommit } from '../../src/contract/index.ts'
import { clopperPearson } from '../../src/stats/interval.ts'
import { drawSeeds } from '../../src/stats/seeds.ts'
import { reportedCommand } from '../fixtures/reported-repository.ts'
import { Home } from '../support/home.ts'
import { installedPytest } from '../support/pytest.ts'
import { reportedRepository, type TestRepository } from '../support/repository.ts'

// Per-test results of real runs of pytest, from its reports to ours.

const RUNS = 24
const seeds = drawSeeds(1, RUNS)
const failures = seeds.filter((seed) => seed % 4 === 0).length
const crashes = seeds.filter((seed) => seed % 4 !== 0 && seed % 5 === 0).length
const firstFailure = seeds.findIndex((seed) => seed % 4 === 0)

let home: Home
let repo: TestRepository
let python: Awaited<ReturnType<typeof installedPytest>>
let commit: ReportedCommit
let junit: string
beforeAll(async () => {
  ;[home, repo, python] = await Promise.all([Home.make(), reportedRepository(), installedPytest()])
  junit = join(home.config.stateDir, 'junit.xml')
  const command = reportedCommand(python.words)
  const args = ['--repo', repo.path, '--runs', String(RUNS), '--seed', '1', '--command', command, '--no-setup']
  const { exitCode, report } = await home.report(
    ...['run', ...args, '--reports', 'reports/*.xml', '--id', 'tested', '--junit', junit],
  )
  expect(exitCode).toBe(1)
  const [first] = report.commits
  if (first === undefined) throw new Error('no commit')
  commit = first
})
afterAll(async () => {
  await home?.dispose()
  await repo?.remove()
  await python?.remove()
})

const testOf = (name: string) => commit.tests?.find(({ id }) => id.endsWith(`::${name}`))

describe('tests in the report of a suite', () => {
  it('are counted by what each run says of them', () => {
    expect(failures).toBeGreaterThan(2)
    expect(crashes).toBeGreaterThan(0)
    expect(commit).toMatchObject({ runs: RUNS, failed: failures, crashed: crashes, testCount: 5 })
    expect(commit.tests?.map(({ id }) => id)).toEqual([
      'tests.test_orders::test_delivery_comes_in_time',
      'tests.test_native::test_label_is_printed',
      'tests.test_native::test_label_is_read',
      'tests.test_orders::test_later',
      'tests.test_orders::test_total',
    ])
    expect(testOf('test_delivery_comes_in_time')).toMatchObject({
      ...{ runs: RUNS, failed: failures, missing: 0, skipped: 0, verdict: 'flaky' },
      interval: clopperPearson(failures, RUNS),
    })
    expect(testOf('test_total')).toMatchObject({ runs: RUNS, failed: 0, missing: 0, verdict: 'passing' })
    expect(testOf('test_later')).toMatchObject({ runs: 0, skipped: RUNS, verdict: 'inconclusive' })
  })

  it('are in the history from the verdict on', async () => {
    const { id = '' } = testOf('test_delivery_comes_in_time') ?? {}
    const { stdout } = await home.cli('history', repo.path, '--test', id, '--json')
    expect(JSON.parse(stdout)).toMatchObject({
      ...{ test: id, runs: RUNS, failed: failures, commits: [{ sha: commit.sha, runs: RUNS, failed: failures }] },
      fingerprints: [{ failures, run: expect.stringMatching(/^tested\./) }],
    })
  })

  it('that vanish through a crash are missing, and have not passed', () => {
    const missing = failures + crashes
    for (const name of ['test_label_is_printed', 'test_label_is_read']) {
      expect(testOf(name)).toMatchObject({ runs: RUNS - missing, failed: 0, missing, verdict: 'passing' })
    }
  })

  it('fail in one line, however often and with whatever numbers in the message', async () => {
    const groups = testOf('test_delivery_comes_in_time')?.failures
    expect(groups).toMatchObject([{ runs: failures, example: commit.results?.[firstFailure]?.id }])
    const shown = (await home.cli('show', 'tested')).stdout
    expect(shown.match(/^ +\d+ × .*came after/gm)).toHaveLength(1)
    expect(shown).toContain(`1 of 5 tests failed at ${repo.shas[0]?.slice(0, 12)}:`)
    expect(shown).toContain('tests.test_orders::test_delivery_comes_in_time')
    const xml = await readFile(junit, 'utf8')
    expect(xml.match(/<flakyFailure /g)).toHaveLength(1)
    expect(xml.match(/<testcase /g)).toHaveLength(RUNS + 5)
  })
})
