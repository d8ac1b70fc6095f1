import { afterAll, beforeAll, expect, it } from 'vitest'
import { suiteReportSchema } from '../../src/contract/index.ts'
import { earlierReports, restoreState } from '../support/earlier-state.ts'
import { Home } from '../support/home.ts'
import { plainRepository, type TestRepository } from '../support/repository.ts'

let home: Home
let repo: TestRepository
beforeAll(async () => {
  const [state, made] = await Promise.all([restoreState(1), plainRepository()])
  home = new Home(state.stateDir, { COMMIT_SUITE_SLOTS: '2' })
  repo = made
})
afterAll(async () => {
  await home.dispose()
  await repo.remove()
})

it('the state directory of the first version shows its suites, prints their logs, and runs new ones', async () => {
  const { mixed } = await earlierReports(1)
  const { report } = await home.report('show', 'mixed', '--results')
  expect(report).toMatchObject(mixed ?? {})
  const run = suiteReportSchema.parse(mixed).commits[1]?.results?.[1]
  expect((await home.cli('logs', run?.id ?? '')).stdout).toBe(`run 1 seed ${run?.seed}`)
  const suite = ['--repo', repo.path, '--no-setup', '--runs', '2', '--command', 'true', '--id', 'beside']
  expect((await home.report('run', ...suite)).report.commits[0]).toMatchObject({ verdict: 'passing', passed: 2 })
  expect((await home.cli('list')).stdout).toMatch(/beside.*\n(.*\n)*.*mixed/)
})
