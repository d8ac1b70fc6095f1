import { afterEach, beforeEach, expect, it } from 'vitest'
import { runCommandLine } from '../../../src/cli/program.ts'
import { sparkline } from '../../../src/cli/report/sparkline.ts'
import { historyPageSchema, testHistorySchema } from '../../../src/contract/http/tests.ts'
import { type PlayedRun, play } from '../store/history-play.ts'
import { realStore, testCli } from './fixture.ts'

let real: Awaited<ReturnType<typeof realStore>>
beforeEach(async () => {
  real = await realStore()
})
afterEach(() => real.close())

const REPO = '/repositories/one'
async function cli(...args: string[]) {
  const { context } = testCli(real.services)
  const code = await runCommandLine(context, ['history', ...args])
  return { code, out: context.stdout.text(), err: context.stderr.text() }
}

/** Fails from the third commit on, and never before; today. */
async function playRise(): Promise<void> {
  const at = new Date().toISOString()
  const runs = (fails: boolean): PlayedRun[] =>
    Array.from({ length: 20 }, (_, index) => ({
      ...{ seed: index + 1, at, tests: ['steady', fails && index % 2 === 0 ? '!\u001b[31mflaky' : '\u001b[31mflaky'] },
    }))
  await play(real.store, { id: 's-1', commits: { a: runs(false), b: runs(false), c: runs(true), d: runs(true) } })
}

it('tests are listed with their rates and days, those that fail most first', async () => {
  await playRise()
  const { code, out } = await cli(REPO)
  expect(code).toBe(0)
  const [head, first, second, ...others] = out.trimEnd().split('\n')
  expect(head).toMatch(/^test +failures\/runs +failure rate +last 30 days +commits +last failed +last seen$/)
  expect(first).toMatch(/^.*flaky +20\/80 +25\.0 % \[.*–.* %\] +·{29}[▂▃] +4 +\d{4}-\d\d-\d\d +\d{4}-\d\d-\d\d$/)
  expect(second).toMatch(/^steady +0\/80 +< .* % \(95 %\) +·{29}▁ +4 +– /)
  expect(others).toEqual([])
  expect(out).not.toContain('\u001b')
  const json = await cli(REPO, '--flaky', '--json', '--days', '2')
  expect(historyPageSchema.shape.tests.parse(JSON.parse(json.out))).toMatchObject([{ failed: 20, flaky: true }])
})

it('of one test commits, days, change points and ways to fail are told', async () => {
  await playRise()
  const test = ['--test', '\u001b[31mflaky']
  const { code, out } = await cli(REPO, ...test)
  expect(code).toBe(0)
  expect(out).toContain('20 of 80 runs failed: 25.0 % [')
  expect(out).toMatch(/rose 0\.0 % → 50\.0 % at cccccccccccc Change 2 \(probability \d+\.\d %\)/)
  expect(out).toMatch(/^bbbbbbbbbbbb +\d{4}-\d\d-\d\d +0\/20 /m)
  expect(out).toMatch(/^0123456789ab +20 failures .* s-1\.d{12}\.18 +broken: 0123456789ab$/m)
  expect(out).not.toContain('\u001b')
  const json = testHistorySchema.parse(JSON.parse((await cli(REPO, ...test, '--json')).out))
  expect(json.changePoints).toMatchObject([{ sha: 'c'.repeat(40), direction: 'rise', rateBefore: 0, rateFrom: 0.5 }])
})

it.each([
  [['--days', '0'], 'error: --days: "0" – must be a whole number from 1 to 3,650'],
  [['--sort', 'age'], 'error: --sort: "age" – must be one of rate, recent, name'],
  [['--test', 'one'], '--test needs the repository of the test'],
  [[REPO, '--test', 'none'], 'error: test: "none" – no judged run in /repositories/one had a test of that name'],
])('history %j is refused by name, value and rule', async (args, said) => {
  const { code, err } = await cli(...args)
  expect(code).toBe(2)
  expect(err).toContain(said)
})

it('nothing on record is said, not shown', async () => {
  expect(await cli()).toMatchObject({ code: 0, out: '', err: 'no judged run on record had such a test\n' })
})

it('a sparkline tells no run from no failure, and a small rate from none', () => {
  expect(sparkline([null, 0, 0.001, 0.5, 1])).toBe('·▁▂▅█')
})
