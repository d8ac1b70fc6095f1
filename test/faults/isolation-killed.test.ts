import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isolationReportSchema } from '../../src/contract/index.ts'
import type { Store } from '../../src/store/store.ts'
import { Home } from '../support/home.ts'
import { installedPytest } from '../support/pytest.ts'
import { orderDependentRepository, type TestRepository } from '../support/repository.ts'
import { until } from '../support/until.ts'

let home: Home
let repository: TestRepository
let store: Store
let pytest: Awaited<ReturnType<typeof installedPytest>>
beforeAll(async () => {
  pytest = await installedPytest()
  home = await Home.make({ COMMIT_SUITE_SLOTS: '4', KUBECONFIG: '' })
  repository = await orderDependentRepository()
  store = await home.store()
})
afterAll(async () => {
  await store.close()
  await home.dispose()
  await repository.remove()
  await pytest.remove()
})

const VICTIM = 'tests.test_totals::test_an_empty_basket_costs_nothing'
const POLLUTER = { test: 'tests.test_basket::test_fills_the_basket', needed: true }

const isolate = (id: string) => [
  ...['isolate', VICTIM, '--repo', repository.path, '--id', id, '--seed', '3'],
  ...['--command', `sleep 0.3; ${pytest.words} -q -p no:cacheprovider {tests}`, '--no-setup'],
]

/** Several questions and a worker's end may come before, on a machine that has other work too. */
const BUSY_MS = 240_000

/** Whether a run of this question or a later one is executed at the moment. */
async function isRunning(isolation: string, question: number): Promise<boolean> {
  const suites = await store.suites.list({ partOf: `isolation/${isolation}`, limit: 1_000 })
  const asked = suites.filter(({ spec }) => (spec.partOf?.round ?? 0) >= question)
  const events = await Promise.all(asked.map(({ id }) => store.events.read(id, 0, 1_000)))
  const count = (type: string) => events.flat().filter((event) => event.type === type).length
  return count('run.started') > count('run.finished')
}

describe('a worker that is killed in the midst of an isolation', () => {
  it('costs no answer and no question, and the polluter is found', async () => {
    const running = home.start(...isolate('i-killed'), '--json')
    for (const question of [1, 5]) {
      await until(`a run of question ${question} is under way`, () => isRunning('i-killed', question), BUSY_MS)
      home.kill((await home.stack()).workerPid)
    }
    const { stdout, exitCode } = await running
    expect(exitCode).toBe(0)
    const report = isolationReportSchema.parse(JSON.parse(stdout))
    expect(report).toMatchObject({ answer: 'polluter', before: [POLLUTER], together: { failureRate: 1 } })
    const events = await store.isolations.readEvents('i-killed', 0, 1_000)
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1))
    const answers = report.questions.filter(({ answer }) => answer !== null)
    expect(events.filter(({ type }) => type === 'isolation.question')).toHaveLength(answers.length)
    expect(answers.every(({ answer }) => answer !== 'undecided')).toBe(true)
    expect(await home.workspaces()).toEqual([])
  })

  it('and everything else with it, goes on where it was when it is watched again', async () => {
    const running = home.start(...isolate('i-dead'))
    await until('a run of question 4 is under way', () => isRunning('i-dead', 4), BUSY_MS)
    await home.killAll()
    await running
    const before = await store.isolations.get('i-dead')
    const told = await home.cli('show', 'i-dead')
    expect(told.stderr).toContain('interrupted: i-dead; commit-suite watch, run or serve resumes')
    const { stdout, exitCode } = await home.cli('watch', 'i-dead', '--json')
    expect(exitCode).toBe(0)
    const report = isolationReportSchema.parse(JSON.parse(stdout))
    expect(report).toMatchObject({ answer: 'polluter', before: [POLLUTER] })
    const known = before?.state?.questions.filter(({ answer }) => answer !== null) ?? []
    expect(known.length).toBeGreaterThan(0)
    for (const { number, answer, runs } of known) {
      expect(report.questions.find((asked) => asked.number === number)).toMatchObject({ answer, runs })
    }
  })
})
