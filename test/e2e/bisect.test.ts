import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type SearchReport, searchEventSchema, searchReportSchema } from '../../src/contract/index.ts'
import { CHECK_COMMAND, type Grade, gradedRepository, rising } from '../support/graded-repository.ts'
import { Home } from '../support/home.ts'
import type { TestRepository } from '../support/repository.ts'
import { until } from '../support/until.ts'

// Searches over real commits, whose runs are real processes.

let home: Home
const repositories: TestRepository[] = []
beforeAll(async () => {
  // The stack stays between commands: what is timed here is searches.
  home = await Home.make({ COMMIT_SUITE_SLOTS: '8', KUBECONFIG: '' })
})
afterAll(async () => {
  await home.dispose()
  for (const repository of repositories) await repository.remove()
})

async function repositoryOf(grades: Grade[]): Promise<TestRepository> {
  const repository = await gradedRepository(grades)
  repositories.push(repository)
  return repository
}

/** What is prepared next depends on how long it took before, so that no two searches are the same: let few be wrong. */
const SURE = ['--confidence', '0.999']
const bisect = ({ path }: TestRepository, ...more: string[]) => [
  ...['bisect', '--repo', path, '--command', CHECK_COMMAND, '--seed', '7', ...SURE, ...more],
]

async function search(...args: string[]): Promise<{ exitCode: number | undefined; report: SearchReport }> {
  const { exitCode, stdout, stderr } = await home.cli(...args, '--json')
  if (stdout === '') throw new Error(`commit-suite ${args.join(' ')} printed nothing, but: ${stderr}`)
  return { exitCode, report: searchReportSchema.parse(JSON.parse(stdout)) }
}

describe('a test that was flaky and broke for good', () => {
  let repository: TestRepository
  let answered: Awaited<ReturnType<typeof search>>
  beforeAll(async () => {
    repository = await repositoryOf(rising(24, 15, 200, 1000))
    answered = await search(...bisect(repository, '--no-setup', '--id', 'c-broke'))
  })

  it('is found, with its probability, the rates around it and a failing run', async () => {
    const { exitCode, report } = answered
    expect(exitCode).toBe(0)
    expect(report).toMatchObject({
      ...{ search: 'c-broke', status: 'completed', answer: 'culprit', commits: 24, seed: 7, skipped: [] },
      culprit: { sha: repository.shas[15], subject: 'commit 15' },
      rateFrom: { failureRate: 1, interval: { method: 'always-valid' } },
    })
    expect(report.culprit?.probability).toBeGreaterThanOrEqual(0.999)
    const { runs, rounds, rateBefore, rateFrom, example } = report
    expect((rateBefore?.runs ?? 0) + (rateFrom?.runs ?? 0)).toBe(runs)
    expect(runs).toBeLessThanOrEqual(8 * rounds)
    const replayed = await home.cli('replay', example?.run ?? '')
    expect(replayed.stdout).toContain('reproduced 1 of 1')
  })

  it('is shown, and is in no list of suites', async () => {
    const shown = await home.cli('show', 'c-broke')
    expect(shown).toMatchObject({ exitCode: 0, stdout: expect.stringContaining(`culprit ${repository.shas[15]}`) })
    expect(shown.stdout).toContain(`git show ${repository.shas[15]?.slice(0, 12)}`)
    expect((await search('show', 'c-broke')).report).toEqual(answered.report)
    const listed: { suite: string }[] = JSON.parse((await home.cli('list', '--json')).stdout)
    expect(listed.filter(({ suite }) => /^c-broke-\d+-\d+$/.test(suite))).toEqual([])
  })

  it('is searched once under its id: the same request prints the answer, another is refused', async () => {
    const again = await search(...bisect(repository, '--no-setup', '--id', 'c-broke'))
    expect(again).toEqual(answered)
    const other = await home.cli(...bisect(repository, '--no-setup', '--id', 'c-broke', '--confidence', '0.9'))
    expect(other).toMatchObject({
      exitCode: 2,
      stdout: '',
      stderr: expect.stringMatching(/--id: "c-broke" – belongs to/),
    })
    const suite = await home.cli('run', '--repo', repository.path, '--command', 'true', '--id', 'c-broke-1-1')
    expect(suite).toMatchObject({ exitCode: 2, stdout: '' })
  })

  it('is known to the next search by what the first has shown', async () => {
    const { exitCode, report } = await search(...bisect(repository, '--no-setup'))
    expect(exitCode).toBe(0)
    expect(report).toMatchObject({ answer: 'culprit', culprit: answered.report.culprit, runs: 0 })
    expect(report.historyRuns).toBeGreaterThanOrEqual(answered.report.runs)
  })
})

it('finds a commit on a side branch from which on a test is flaky, and prints a line per event', async () => {
  // 0 – 1 – 2 – 3 – 8 (merge) – 9 – 10 – 11, and 1 – 4 – 5 – 6 – 7 beside it; the culprit is 5.
  const grades = Array.from(
    { length: 12 },
    (_, position): Grade => ({
      rate: position >= 5 ? 600 : 0,
      ...(position === 4 ? { parents: [1] } : position === 8 ? { parents: [3, 7] } : {}),
    }),
  )
  const repository = await repositoryOf(grades)
  const good = repository.shas[0] ?? ''
  const { stdout, exitCode } = await home.cli(...bisect(repository, '--no-setup', '--good', good, '--json', '--follow'))
  const lines = stdout.split('\n')
  const report = searchReportSchema.parse(JSON.parse(lines.pop() ?? ''))
  expect(exitCode).toBe(0)
  expect(report).toMatchObject({ answer: 'culprit', culprit: { sha: repository.shas[5] }, commits: 12 })
  const events = lines.map((line) => searchEventSchema.parse(JSON.parse(line)))
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1))
  expect(events.filter(({ type }) => type === 'search.round')).toHaveLength(report.rounds + 1)
})

it('passes over commits whose set-up fails', async () => {
  const broken = new Set([5, 6, 8, 12, 14])
  const repository = await repositoryOf(
    rising(16, 10, 0, 1000).map((grade, position) => ({ ...grade, broken: broken.has(position) })),
  )
  const { exitCode, report } = await search(...bisect(repository, '--setup', 'sh setup.sh'))
  expect(exitCode).toBe(0)
  expect(report).toMatchObject({ answer: 'culprit', culprit: { sha: repository.shas[10] } })
  const skippable = [...broken].map((position) => repository.shas[position])
  for (const { sha, reason } of report.skipped) {
    expect(skippable).toContain(sha)
    expect(reason).toBe('setup_failed')
  }
})

it('names no commit where the rate fell', async () => {
  const repository = await repositoryOf(rising(16, 8, 900, 100))
  const { exitCode, report } = await search(...bisect(repository, '--no-setup'))
  expect(exitCode).toBe(0)
  expect(report).toMatchObject({ answer: 'no-increase', decrease: true, culprit: null })
})

it('says what is lacking where the budget does not suffice', async () => {
  const repository = await repositoryOf(rising(16, 8, 100, 400))
  const { exitCode, report } = await search(...bisect(repository, '--no-setup', '--max-runs', '6'))
  expect(exitCode).toBe(3)
  expect(report).toMatchObject({ answer: 'not-enough-evidence', culprit: null, runs: 6, status: 'completed' })
  expect(report.runsNeeded).toBeGreaterThan(0)
  expect(report.next.length).toBeGreaterThan(0)
})

it('hands its secrets to its suites, and masks them there', async () => {
  const repository = await repositoryOf(rising(3, 3, 0, 0))
  // The worker runs already, and its environment does not have it.
  const other = new Home(home.config.stateDir, { SEARCH_TOKEN: 'abcd1234', KUBECONFIG: '' })
  const command = 'echo "$SEARCH_TOKEN"; test "$SEARCH_TOKEN" = abcd1234'
  const options = ['--no-setup', '--secret-env', 'SEARCH_TOKEN', '--max-runs', '4', '--id', 'c-secret', '--json']
  const { stdout } = await other.cli('bisect', '--repo', repository.path, '--command', command, ...options)
  const { rateBefore, rateFrom } = searchReportSchema.parse(JSON.parse(stdout))
  expect([rateBefore?.failures, rateFrom?.failures]).toEqual([0, 0])
  const store = await home.store()
  const [suite] = await store.suites.list({ partOf: 'search/c-secret', limit: 1 })
  const [commit] = await store.suites.commits(suite?.id ?? '', 0, 1)
  await store.close()
  expect((await home.cli('logs', `${suite?.id}.${commit?.sha.slice(0, 12)}.0`)).stdout).toBe('********')
})

it('cancels its runs with itself, and leaves nothing open', async () => {
  const repository = await repositoryOf(rising(4, 2, 0, 1000))
  const args = ['bisect', '--repo', repository.path, '--command', 'sleep 60', '--no-setup', '--id', 'c-gone']
  const running = home.start(...args)
  const store = await home.store()
  try {
    await until('runs have begun', async () => {
      const suites = await store.suites.list({ partOf: 'search/c-gone', limit: 10 })
      const events = await Promise.all(suites.map(({ id }) => store.events.read(id, 0, 100)))
      return events.flat().some(({ type }) => type === 'run.started')
    })
    running.kill('SIGINT')
    expect((await running).exitCode).toBe(130)
    expect(await store.searches.get('c-gone')).toMatchObject({ status: 'cancelled' })
    const suites = await store.suites.list({ partOf: 'search/c-gone', limit: 10 })
    expect(suites.map(({ status }) => status)).toEqual(suites.map(() => 'cancelled'))
    expect(await home.workspaces()).toEqual([])
    const again = await home.cli('cancel', 'c-gone')
    expect(again).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('the search is cancelled already') })
  } finally {
    await store.close()
  }
})

describe('input that is no good', () => {
  let repository: TestRepository
  beforeAll(async () => {
    repository = await repositoryOf(rising(4, 2, 0, 1000))
  })

  it.each([
    [['--good', 'HEAD', '--bad', 'HEAD~2'], '--good: "HEAD" – is not an ancestor'],
    [['--good', 'nope'], '--good: "nope" – no commit, branch or tag nope'],
    [['--bad', 'nope'], '--bad: "nope" – no commit, branch or tag nope'],
    [['--good', 'HEAD'], '--good: "HEAD" – is the same commit'],
    [['--good', 'HEAD~3..HEAD'], '--good: "HEAD~3..HEAD" – must name one commit'],
    [['--max-runs', '0'], '--max-runs: "0" – must be a whole number'],
    [['--max-duration', 'soon'], '--max-duration: "soon" – must be a number with a unit'],
    [['--min-increase', '2'], '--min-increase: "2" – must be a rate'],
    [['--confidence', '1'], '--confidence: "1" – must be '],
    [['--id', 'x'.repeat(31)], '--id: "x'],
  ])('is refused with exit code 2: %j', async (args, words) => {
    const { exitCode, stdout, stderr } = await home.cli(...bisect(repository, '--no-setup', ...args))
    expect([exitCode, stdout]).toEqual([2, ''])
    expect(stderr).toContain(`error: ${words}`)
  })

  it('leaves nothing on record, so that its id may be used again', async () => {
    const args = bisect(repository, '--no-setup', '--id', 'c-again')
    expect((await home.cli(...args, '--good', 'nope')).exitCode).toBe(2)
    expect((await home.cli('show', 'c-again')).exitCode).toBe(2)
    expect((await search(...args)).report).toMatchObject({ answer: 'culprit', culprit: { sha: repository.shas[2] } })
  })
})
