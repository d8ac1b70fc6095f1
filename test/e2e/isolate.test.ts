import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type IsolationReport, isolationEventSchema, isolationReportSchema } from '../../src/contract/index.ts'
import { Home } from '../support/home.ts'
import { installedPytest } from '../support/pytest.ts'
import { orderDependentRepository, plantedRepository, type TestRepository } from '../support/repository.ts'
import { until } from '../support/until.ts'

// Isolations in a project whose tests share state, with real pytest and unittest.

let home: Home
let repository: TestRepository
let pytest: Awaited<ReturnType<typeof installedPytest>>
let COMMAND: string[]
beforeAll(async () => {
  pytest = await installedPytest()
  COMMAND = ['--command', `${pytest.words} -q -p no:cacheprovider`, '--no-setup']
  home = await Home.make({ COMMIT_SUITE_SLOTS: '4', KUBECONFIG: '' })
  repository = await orderDependentRepository()
})
afterAll(async () => {
  await home.dispose()
  await repository.remove()
  await pytest.remove()
})

const FILLS = 'tests.test_basket::test_fills_the_basket'
const EMPTY = 'tests.test_totals::test_an_empty_basket_costs_nothing'
const PRICE = 'tests.test_totals::test_full_price'

/** Of tests that always fail or never: fewer runs tell the two apart. */
const PLAIN = ['--min-rate', '0.5']

const isolate = (test: string, ...more: string[]) => [
  ...['isolate', test, '--repo', repository.path, ...COMMAND, '--seed', '5', ...more],
]

async function isolation(...args: string[]): Promise<{ exitCode: number | undefined; report: IsolationReport }> {
  const { exitCode, stdout, stderr } = await home.cli(...args, '--json')
  if (stdout === '') throw new Error(`commit-suite ${args.join(' ')} printed nothing, but: ${stderr}`)
  return { exitCode, report: isolationReportSchema.parse(JSON.parse(stdout)) }
}

describe('a test that fails after another', () => {
  let answered: Awaited<ReturnType<typeof isolation>>
  beforeAll(async () => {
    answered = await isolation(...isolate(EMPTY, '--id', 'i-basket'))
  })

  it('is found with the one that pollutes it, in an order that is learnt', async () => {
    const { exitCode, report } = answered
    expect(exitCode).toBe(0)
    expect(report).toMatchObject({
      ...{ isolation: 'i-basket', status: 'completed', answer: 'polluter', sha: repository.shas[0], test: EMPTY },
      before: [{ test: FILLS, needed: true }],
      together: { failureRate: 1, interval: { method: 'always-valid' } },
      alone: { failureRate: 0 },
      order: { from: 'project', run: null, tests: 13, leftOut: 0 },
      shuffles: 0,
    })
    expect(report.together?.runs).toBeGreaterThanOrEqual(8)
    const replayed = await home.cli('replay', report.example?.run ?? '')
    expect(replayed.stdout).toContain('reproduced 1 of 1')
  })

  it('fails and passes by the two commands in a plain shell', async () => {
    const { commands } = answered.report
    const inShell = async (line: string | null | undefined) =>
      (await execa('sh', ['-c', line ?? 'exit 99'], { cwd: repository.path, reject: false })).exitCode
    expect(await inShell(commands?.alone)).toBe(0)
    expect(await inShell(commands?.together)).toBe(1)
  })

  it('is shown, and its runs are in no list of suites', async () => {
    const shown = await home.cli('show', 'i-basket')
    expect(shown.exitCode).toBe(0)
    expect(shown.stdout).toContain(`${EMPTY} fails after\n  ${FILLS}\n`)
    expect((await isolation('show', 'i-basket')).report).toEqual(answered.report)
    const listed: { suite: string }[] = JSON.parse((await home.cli('list', '--json')).stdout)
    expect(listed.filter(({ suite }) => /^i-basket-\d+-\d+$/.test(suite))).toEqual([])
  })

  it('is isolated once under its id: the same request prints the answer, another is refused', async () => {
    expect(await isolation(...isolate(EMPTY, '--id', 'i-basket'))).toEqual(answered)
    const other = await home.cli(...isolate(PRICE, '--id', 'i-basket'))
    expect(other).toMatchObject({
      exitCode: 2,
      stdout: '',
      stderr: expect.stringMatching(/--id: "i-basket" – belongs to/),
    })
    const suite = await home.cli('run', '--repo', repository.path, '--command', 'true', '--id', 'i-basket-1-1')
    expect(suite).toMatchObject({ exitCode: 2, stdout: '' })
    const search = await home.cli('bisect', '--repo', repository.path, '--command', 'true', '--id', 'i-basket')
    expect(search).toMatchObject({
      exitCode: 2,
      stdout: '',
      stderr: expect.stringContaining('belongs to an isolation'),
    })
  })
})

describe('with runs on record', () => {
  beforeAll(async () => {
    const run = ['run', '--repo', repository.path, ...COMMAND, '--runs', '6', '--seed', '3', '--id', 's-record']
    const { report } = await home.report(...run)
    expect(report.commits[0]?.tests?.map(({ id }) => id)).toContain(PRICE)
  })

  it('finds what makes a test fail under seven of ten seeds, from a run in which it did, a line per question', async () => {
    const store = await home.store()
    const tests = await store.tests
      .ofCommit({ suite: 's-record', sha: repository.shas[0] ?? '' })
      .finally(() => store.close())
    const failing = tests?.runs.find(({ failed }) =>
      [...(tests.failures.get(failed ?? 0)?.keys() ?? [])].some((id) => tests.names.get(id) === PRICE),
    )
    const run = `s-record.${repository.shas[0]?.slice(0, 12)}.${failing?.attempt}`
    const args = ['isolate', PRICE, '--run', run, '--seed', '8', '--json', '--follow']
    const { stdout, exitCode } = await home.cli(...args)
    const lines = stdout.split('\n')
    const report = isolationReportSchema.parse(JSON.parse(lines.pop() ?? ''))
    expect(exitCode).toBe(0)
    expect(report).toMatchObject({
      ...{ answer: 'polluter', order: { from: 'record', run } },
      before: [{ test: 'tests.test_discounts::test_turns_a_discount_on', needed: true }],
      alone: { failureRate: 0 },
    })
    // How many of these runs fail hangs on which seeds fall to which question, and so on what is answered first.
    expect(report.together?.failures).toBeGreaterThan(0)
    const events = lines.map((line) => isolationEventSchema.parse(JSON.parse(line)))
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1))
    const answers = report.questions.filter(({ answer }) => answer !== null)
    expect(events.filter(({ type }) => type === 'isolation.question')).toHaveLength(answers.length)
  })

  it('calls a test brittle that needs another before it', async () => {
    const { exitCode, report } = await isolation(
      ...isolate('tests.test_receipts.TestReceipt::test_has_a_title', ...PLAIN),
    )
    expect(exitCode).toBe(0)
    expect(report).toMatchObject({
      ...{ answer: 'brittle', alone: { failureRate: 1 }, together: { failureRate: 0 }, order: { from: 'record' } },
      before: [{ test: 'tests.test_labels::test_sets_the_titles', needed: true }],
    })
  })

  it('says that a test fails alone', async () => {
    const { exitCode, report } = await isolation(...isolate('tests.test_receipts.TestReceipt::test_adds_up', ...PLAIN))
    expect(exitCode).toBe(0)
    expect(report).toMatchObject({ answer: 'fails-alone', before: [], alone: { failureRate: 1 } })
  })

  it('says so where the budget does not suffice', async () => {
    const { exitCode, report } = await isolation(...isolate(EMPTY, '--max-runs', '30'))
    expect(exitCode).toBe(3)
    expect(report).toMatchObject({ answer: 'not-enough-evidence', reason: 'budget', status: 'completed' })
    expect(report.runs).toBeLessThanOrEqual(30)
    expect(report.smallest?.names).toContain(FILLS)
  })

  it('refuses a test that is not there, and names those that were perhaps meant', async () => {
    const { exitCode, stdout, stderr } = await home.cli(...isolate('tests.test_totals::test_full_prize'))
    expect([exitCode, stdout]).toEqual([2, ''])
    expect(stderr).toContain('error: TEST: "tests.test_totals::test_full_prize" – the commit has no test of that name')
    expect(stderr).toContain(`Did you mean "${PRICE}"`)
  })
})

it('takes unittest apart too', async () => {
  const command = ['--command', 'python3 -m unittest discover -s cases -t .', '--no-setup']
  const test = 'cases.test_till.TillTest::test_is_empty'
  const { exitCode, report } = await isolation('isolate', test, '--repo', repository.path, ...command, ...PLAIN)
  expect(exitCode).toBe(0)
  expect(report).toMatchObject({
    ...{ answer: 'polluter', order: { from: 'project', tests: 3 } },
    before: [{ test: 'cases.test_till.FirstTest::test_leaves_a_coin', needed: true }],
    commands: {
      together:
        'python3 -m unittest cases.test_till.FirstTest.test_leaves_a_coin cases.test_till.TillTest.test_is_empty',
    },
  })
})

it('tries random orders of unittest before it calls a test independent of them', async () => {
  const planted = await plantedRepository()
  try {
    const args = ['isolate', 'tests.test_pricing.PricingTest::nope', '--repo', planted.path]
    const { exitCode, stderr } = await home.cli(...args, '--command', 'python3 -m unittest', '--commit', 'HEAD~1')
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('Did you mean "tests.test_pricing.')])
    const [, near = ''] = /Did you mean "([^"]+)"/.exec(stderr) ?? []
    const known = await isolation(
      ...['isolate', near, '--repo', planted.path, '--command', 'python3 -m unittest', '--commit', 'HEAD~1', ...PLAIN],
    )
    expect(known.exitCode).toBe(0)
    expect(known.report).toMatchObject({ answer: 'not-order-dependent', shuffles: 20, alone: { failureRate: 0 } })
  } finally {
    await planted.remove()
  }
})

it('cancels its runs with itself, and leaves nothing open', async () => {
  const running = home.start(
    'isolate',
    EMPTY,
    '--repo',
    repository.path,
    '--command',
    'sleep 600; pytest {tests}',
    '--no-setup',
    '--id',
    'i-gone',
  )
  const store = await home.store()
  try {
    await until('runs have begun', async () => {
      const suites = await store.suites.list({ partOf: 'isolation/i-gone', limit: 10 })
      const events = await Promise.all(suites.map(({ id }) => store.events.read(id, 0, 100)))
      return events.flat().some(({ type }) => type === 'run.started')
    })
    running.kill('SIGINT')
    expect((await running).exitCode).toBe(130)
    expect(await store.isolations.get('i-gone')).toMatchObject({ status: 'cancelled' })
    const suites = await store.suites.list({ partOf: 'isolation/i-gone', limit: 10 })
    expect(suites.map(({ status }) => status)).toEqual(suites.map(() => 'cancelled'))
    expect(await home.workspaces()).toEqual([])
    const again = await home.cli('cancel', 'i-gone')
    expect(again).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('the isolation is cancelled already') })
  } finally {
    await store.close()
  }
})

describe('input that is no good', () => {
  it.each([
    [['tests.test_totals.test_full_price'], 'TEST: "tests.test_totals.test_full_price" – must be classname::name'],
    [[PRICE, '--commit', 'nope'], '--commit: "nope" – no commit, branch or tag nope'],
    [[PRICE, '--commit', 'HEAD~1..HEAD'], '--commit: "HEAD~1..HEAD" – '],
    [[PRICE, '--run', 'nope'], '--run: "nope" – a run is named'],
    [[PRICE, '--max-runs', '0'], '--max-runs: "0" – must be a whole number'],
    [[PRICE, '--min-rate', '2'], '--min-rate: "2" – must be a rate'],
    [['tests.nowhere::test_x'], 'TEST: "tests.nowhere::test_x" – the commit has no test of that name'],
    [[PRICE, '--command', 'node --test'], 'cannot run chosen tests in a given order; pytest and unittest can'],
    [
      [PRICE, '--command', 'make && pytest | cat'],
      '--command: "make && pytest | cat" – is not one plain call of pytest',
    ],
  ])('is refused with exit code 2: %j', async (args, words) => {
    const given = args.includes('--command') ? ['--no-setup'] : COMMAND
    const { exitCode, stdout, stderr } = await home.cli('isolate', '--repo', repository.path, ...given, ...args)
    expect([exitCode, stdout]).toEqual([2, ''])
    expect(stderr).toContain(words)
  })
})
