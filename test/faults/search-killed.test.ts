import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { searchReportSchema } from '../../src/contract/index.ts'
import type { Store } from '../../src/store/store.ts'
import { expectEveryRunOnce } from '../support/every-run-once.ts'
import { gradedRepository, rising } from '../support/graded-repository.ts'
import { Home } from '../support/home.ts'
import type { TestRepository } from '../support/repository.ts'
import { until } from '../support/until.ts'

let home: Home
let repository: TestRepository
let store: Store
let marks: string
beforeAll(async () => {
  home = await Home.make({ COMMIT_SUITE_SLOTS: '4', KUBECONFIG: '' })
  repository = await gradedRepository(rising(16, 10, 100, 1000))
  store = await home.store()
  marks = await mkdtemp(join(tmpdir(), 'cs-marks-'))
})
afterAll(async () => {
  await store.close()
  await home.dispose()
  await repository.remove()
  await rm(marks, { recursive: true, force: true })
})

const suitesOf = (search: string) => store.suites.list({ partOf: `search/${search}`, limit: 1_000 })

/** Rounds and a worker's end may come before, on a machine that has other work too. */
const BUSY_MS = 240_000

/** Whether a run of the round is executed at the moment. */
async function isRunning(search: string, round: number): Promise<boolean> {
  const suites = (await suitesOf(search)).filter(({ id }) => id.startsWith(`${search}-${round}-`))
  const events = await Promise.all(suites.map(({ id }) => store.events.read(id, 0, 1_000)))
  const count = (type: string) => events.flat().filter((event) => event.type === type).length
  return count('run.started') > count('run.finished')
}

describe('a worker that is killed in the midst of a search', () => {
  it('costs no run and no round, and the answer is right', async () => {
    const command = 'echo x >> "$MARKS/$(cat number).$TEST_SEED"; sleep 0.4; sh check.sh'
    const options = ['--no-setup', '--env', `MARKS=${marks}`, '--confidence', '0.999', '--seed', '3', '--json']
    const args = ['bisect', '--repo', repository.path, '--command', command, '--id', 'c-killed', ...options]
    const running = home.start(...args)
    for (const round of [1, 3]) {
      await until(`a run of round ${round} is under way`, () => isRunning('c-killed', round), BUSY_MS)
      home.kill((await home.stack()).workerPid)
    }
    const { stdout, exitCode } = await running
    expect(exitCode).toBe(0)
    const report = searchReportSchema.parse(JSON.parse(stdout))
    expect(report).toMatchObject({ answer: 'culprit', culprit: { sha: repository.shas[10] }, skipped: [] })

    const rounds = await store.searches.rounds('c-killed')
    const planned = rounds.flatMap(({ batches }) => batches)
    expect(rounds).toHaveLength(report.rounds)
    expect((await suitesOf('c-killed')).map(({ id }) => id).toSorted()).toEqual(
      planned.map(({ suite }) => suite).toSorted(),
    )
    for (const { suite, seeds } of planned) await expectEveryRunOnce(store, suite, seeds.length)
    const events = await store.searches.readEvents('c-killed', 0, 1_000)
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1))
    // The runner outlived every worker: each run was adopted, none was started again.
    const executed = await Promise.all(
      (await readdir(marks)).map(async (name) => (await readFile(join(marks, name), 'utf8')).split('\n').length - 1),
    )
    expect(executed).toEqual(Array.from({ length: report.runs }, () => 1))
    expect(await home.workspaces()).toEqual([])
  })

  it('and everything else with it, goes on where it was when it is watched again', async () => {
    const command = 'sleep 0.4; sh check.sh'
    const args = ['bisect', '--repo', repository.path, '--command', command, '--no-setup', '--id', 'c-dead']
    const running = home.start(...args, '--confidence', '0.999', '--seed', '4')
    await until('a run of round 2 is under way', () => isRunning('c-dead', 2), BUSY_MS)
    await home.killAll()
    await running
    const before = (await suitesOf('c-dead')).length
    const told = await home.cli('show', 'c-dead')
    expect(told.stderr).toContain('interrupted: c-dead; commit-suite watch, run or serve resumes')
    const { stdout, exitCode } = await home.cli('watch', 'c-dead', '--json')
    expect(exitCode).toBe(0)
    const report = searchReportSchema.parse(JSON.parse(stdout))
    expect(report).toMatchObject({ answer: 'culprit', culprit: { sha: repository.shas[10] } })
    expect((await suitesOf('c-dead')).length).toBeGreaterThan(before)
  })
})
