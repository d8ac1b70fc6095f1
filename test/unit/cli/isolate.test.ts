import { mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { exitCodeOfIsolation } from '../../../src/cli/exit-codes.ts'
import { questionLine, startedLine } from '../../../src/cli/progress/isolation-lines.ts'
import { renderIsolation } from '../../../src/cli/report/isolation-answer.ts'
import { buildIsolation } from '../../../src/cli/request/build-isolation.ts'
import { namedAsIsolationOption } from '../../../src/cli/request/isolation-rules.ts'
import type { RawRequest } from '../../../src/cli/request/parse-flags.ts'
import { type IsolationReport, invalidInput, parseIsolationRequest } from '../../../src/contract/index.ts'
import { filledByRun } from '../../../src/requests/isolation-request.ts'
import { isolationReport } from '../../../src/store/isolations/report.ts'
import { recordIsolation, VICTIM } from '../../support/recorded-isolation.ts'
import { suiteSpec } from '../store/samples.ts'
import { temporaryStore } from '../store/temporary-store.ts'
import { testCli } from './fixture.ts'

let folder: string
beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'isolate-')))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const build = (flags: { [name: string]: unknown }, defaults: RawRequest = {}, victim = VICTIM) =>
  buildIsolation({ test: victim, suite: flags, isolation: flags }, defaults, folder)

describe('the request of an isolation', () => {
  test('says what the flags say and nothing besides, and is what the schema takes', () => {
    const request = build({
      ...{ commit: 'v1', command: 'pytest {tests}', setup: false, confidence: '0.99', minRate: '0.1' },
      ...{ maxRuns: '500', maxDuration: '2h', seed: '4', env: ['A=1'], timeout: '90s' },
    })
    expect(request).toEqual({
      ...{
        id: request.id,
        repo: folder,
        test: VICTIM,
        commit: 'v1',
        command: { shell: 'pytest {tests}' },
        setup: null,
      },
      ...{ confidence: 0.99, minRate: 0.1, maxRuns: 500, maxDurationMs: 7_200_000, seed: 4 },
      ...{ env: { A: '1' }, timeoutMs: 90_000 },
    })
    expect(request.id).toMatch(/^i-[a-z2-7]{10}$/)
    expect(parseIsolationRequest(request)).toMatchObject({ maxRuns: 500, executor: 'local', isolation: 'process' })
  })

  test('takes of files what says how runs are made; with a run, nothing', () => {
    const defaults = {
      ...{ command: { shell: 'make' }, env: { A: 'file' }, timeoutMs: 5_000 },
      ...{ id: 'nightly', runs: 50, commits: ['HEAD~9'], until: 'verdict', confidence: 0.6, keep: 'always' },
    }
    const { id, ...request } = build({ env: ['B=flag'] }, defaults)
    expect(request).toEqual({
      ...{ repo: folder, test: VICTIM, command: { shell: 'make' }, env: { A: 'file', B: 'flag' }, timeoutMs: 5_000 },
    })
    expect(id).not.toBe('nightly')
    const run = 's-1.0123456789ab.3'
    const { id: _, ...byRun } = build({ run, seed: '9' }, defaults)
    expect(byRun).toEqual({ test: VICTIM, run, seed: 9 })
  })

  test.each([
    [{ maxRuns: '0' }, '--max-runs: "0" – must be a whole number from 1 to 1,000,000.'],
    [{ maxDuration: '5' }, '--max-duration: "5" – must be a number with a unit: 500ms, 90s, 5m, 1h or 1d.'],
    [{ minRate: '0' }, '--min-rate: "0" – must be a rate from 0.0001 to 0.9.'],
    [{ commit: '' }, '--commit: "" – must be a ref, sha or tag of 1 to 1,024 characters.'],
    [{ isolation: 'pod' }, '--isolation: "pod" – must be process or sandbox with executor local.'],
    [{ confidence: '1' }, '--confidence: "1" – must be above 0.5, at most 0.9999.'],
    [{ id: 'A' }, '--id: "A" – must be lower-case letters, digits and hyphens, 1 to 30 of them, not a hyphen first.'],
  ])('refuses %j by the name of the option', (flags, words) => {
    expect(() => build(flags)).toThrow(words)
  })

  test('refuses a test that is not named as reports do', () => {
    expect(() => build({}, {}, 'tests/test_v.py')).toThrow(/^TEST: "tests\/test_v.py" – must be classname::name/)
    expect(() => build({}, {}, '')).toThrow(/^TEST: "" – must be the id of a test/)
  })

  test('is named by its options where a worker complains', () => {
    expect(namedAsIsolationOption(invalidInput('commit', 'x', 'is none')).message).toBe('--commit: "x" – is none.')
    expect(namedAsIsolationOption(invalidInput('workdir', 'x', 'is none')).message).toBe('--workdir: "x" – is none.')
    expect(namedAsIsolationOption(invalidInput('other', 'x', 'is none')).message).toBe('other: "x" – is none.')
  })
})

describe('a request that begins with a run', () => {
  const sha = 'a'.repeat(40)
  const run = {
    id: 's-1.aaaaaaaaaaaa.0',
    sha,
    subject: '',
    seed: 1,
    parsed: { suite: 's-1', sha12: '', attempt: 0, generation: 0 },
  }
  const ofSuite = (fields: object = {}) => ({ ...run, suite: { id: 's-1', spec: suiteSpec('s-1', fields) } })

  test('is filled by its suite where it says nothing itself, and again is the same', () => {
    const spec = { workdir: 'sub', env: { A: '1' }, setup: null, shuffle: true, timeoutMs: 9_000 }
    const asked = { test: VICTIM, run: run.id, timeoutMs: 5_000 }
    const filled = filledByRun(asked, ofSuite(spec))
    expect(filled).toMatchObject({
      ...{ ...asked, commit: sha, repo: '/repositories/one', command: { shell: 'make check' }, workdir: 'sub' },
      ...{ env: { A: '1' }, setup: null, shuffle: true, executor: 'local', isolation: 'process' },
    })
    for (const field of ['runs', 'seed', 'priority', 'keep', 'commits', 'id']) expect(filled).not.toHaveProperty(field)
    expect(filledByRun(filled, ofSuite(spec))).toEqual(filled)
    expect(parseIsolationRequest(filled)).toMatchObject({ minRate: 0.2, timeoutMs: 5_000 })
  })

  test('over the network leaves the gateway its isolation and its cluster', () => {
    const cluster = { context: 'mine' }
    const filled = filledByRun({ test: VICTIM, network: { key: null } }, ofSuite({ cluster }))
    expect(filled).not.toHaveProperty('isolation')
    expect(filled).not.toHaveProperty('cluster')
    expect(filledByRun({ network: { key: null } }, ofSuite({ isolation: 'sandbox' }))).toMatchObject({
      isolation: 'sandbox',
    })
  })

  test('is refused for another commit', () => {
    expect(() => filledByRun({ commit: 'b'.repeat(40) }, ofSuite())).toThrow(/^commit: "bbb/)
    expect(filledByRun({ commit: 'aaaa' }, ofSuite())).toMatchObject({ commit: sha })
  })
})

async function reportWith(fields: Partial<IsolationReport> = {}): Promise<IsolationReport> {
  const { store } = await temporaryStore()
  await recordIsolation(store, { id: 'i-1' })
  const stored = await store.isolations.get('i-1')
  if (stored === undefined) throw new Error('it is not on record')
  return { ...(await isolationReport(store, stored)), durationMs: 81_000, ...fields }
}

const rendered = async (fields: Partial<IsolationReport> = {}): Promise<string> =>
  renderIsolation(testCli({}).context, await reportWith(fields))

describe('what is printed', () => {
  test('names the polluter, the rates, the commands and a run', async () => {
    expect(await rendered()).toMatchInlineSnapshot(`
      "i-1 completed: 40 runs, 5 questions in 1 m 21 s (/repositories/one)

      tests.test_v::test_v fails after
        tests.test_001::test_it
        alone        0.0 % [0.0–43.9 %] (95 %): 0 of 8 runs failed
        after these  100.0 % [56.1–100.0 %] (95 %): 8 of 8 runs failed

      never run, as they cannot be named: 1 test

      At 100000000000:
        pytest tests/test_v.py::test_v
        pytest tests/test_001.py::test_it tests/test_v.py::test_v
      Output:   commit-suite logs i-1-3-1.100000000000.0
      Replay:   commit-suite replay i-1-3-1.100000000000.0"
    `)
  })

  test('says that a test is brittle, and which of the others may not be needed', async () => {
    const before = [
      { test: 'a::one', needed: true },
      { test: 'a::two', needed: false },
    ]
    expect(await rendered({ answer: 'brittle', before, example: null })).toContain(
      `${VICTIM} is brittle: it fails alone and passes after\n  a::one\n  a::two (may not be needed)\n`,
    )
  })

  test.each([
    ['fails-alone', 'fails alone, and no order is known in which it passes'],
    ['not-order-dependent', 'does not depend on what runs before it, nor in 20 random orders'],
  ] as const)('says that a test is %s', async (answer, words) => {
    const alone = { runs: 0, failures: 0, failureRate: null, interval: null }
    const text = await rendered({ answer, before: [], shuffles: 20, alone, together: null })
    expect(text).toContain(words)
    expect(text).toContain('alone        no run')
  })

  test.each([
    ['budget', 'the budget is used up; raise --max-runs'],
    ['alone_undecided', 'alone it fails too often to pass and too seldom to fail'],
    ['order_undecided', 'after all the others it fails too often'],
    ['rates_alike', 'what difference the tests before it make may be chance'],
    ['victim_not_seen', `no run gave a result of ${VICTIM}`],
    ['contradictions', 'what the runs show contradicts itself'],
  ])('says that the evidence is not enough: %s', async (reason, words) => {
    const names = Array.from({ length: 12 }, (_, n) => `a::t${n}`)
    const text = await rendered({ answer: 'not-enough-evidence', reason, before: [], smallest: { tests: 40, names } })
    expect(text).toContain(`not enough evidence: ${words}`)
    expect(text).toContain('so far it is among 40 tests:\n  a::t0\n')
    expect(text).toContain('  a::t9\n  and 30 more')
  })

  test('cannot steer the terminal, whatever tests are called', async () => {
    const test = 'a::\u001b[2J'
    const text = await rendered({ test, before: [{ test, needed: true }] })
    expect(text).not.toContain('\u001b')
    const question = { number: 1, company: 'before' as const, tests: 1, names: [test], runs: 2, failures: 2 }
    expect(questionLine({ ...question, answer: 'fails', left: 1, totalRuns: 2 })).not.toContain('\u001b')
  })

  test('says nothing yet where there is no answer', async () => {
    expect(await rendered({ answer: null, sha: null, commands: null, order: null })).toContain('no answer yet')
  })
})

describe('progress', () => {
  const question = { number: 3, company: 'before', tests: 2, names: ['a::x', 'a::y'], runs: 8, failures: 8 } as const
  const more = { totalRuns: 40, left: null }

  test.each([
    [{ answer: 'fails' }, 'question 3: after a::x, a::y: fails 8 of 8'],
    [{ answer: 'passes', failures: 1 }, 'question 3: after a::x, a::y: passes 7 of 8'],
    [{ answer: 'undecided', failures: 2 }, 'question 3: after a::x, a::y: undecided, fails 2 of 8'],
    [{ answer: 'fails', tests: 1_200, left: 600 }, 'question 3: after 1,200 tests: fails 8 of 8; 600 tests left'],
    [{ answer: 'fails', company: 'alone', tests: 0, names: [] }, 'question 3: alone: fails 8 of 8'],
    [
      { answer: 'passes', company: 'whole', runs: 1, failures: 0 },
      'question 3: all tests in their own order: passes 1 of 1',
    ],
    [
      { answer: 'fails', company: 'shuffled', runs: 1, failures: 1 },
      'question 3: all tests in a random order: fails 1 of 1',
    ],
  ] as const)('%j is a line', (fields, line) => {
    const { names } = { ...question, ...fields }
    expect(questionLine({ ...question, ...more, ...fields, names: [...names] })).toBe(line)
  })

  test('begins with the orders that are known', () => {
    const data = { repo: '/r', sha: 'a'.repeat(40), subject: '', test: VICTIM, parallelism: 2, seed: 1 }
    const order = { from: 'record', run: 's-1.aaaaaaaaaaaa.0', tests: 12, leftOut: 0 } as const
    expect(startedLine({ ...data, failing: null, passing: null })).toBe(
      `isolating ${VICTIM} at aaaaaaaaaaaa (/r): no order is on record: it is learnt`,
    )
    expect(startedLine({ ...data, failing: order, passing: { ...order, tests: 1 } })).toBe(
      `isolating ${VICTIM} at aaaaaaaaaaaa (/r): it failed after 12 tests in ${order.run}; it passed after 1 test in ${order.run}`,
    )
  })
})

test.each([
  [{ status: 'completed', answer: 'polluter' }, 0],
  [{ status: 'completed', answer: 'brittle' }, 0],
  [{ status: 'completed', answer: 'fails-alone' }, 0],
  [{ status: 'completed', answer: 'not-order-dependent' }, 0],
  [{ status: 'completed', answer: 'not-enough-evidence' }, 3],
  [{ status: 'failed', answer: null, failure: 'ref_not_found: commit: "x" – no.' }, 2],
  [{ status: 'failed', answer: null, failure: 'setup_failed: no compiler' }, 3],
  [{ status: 'cancelled', answer: null }, 130],
] as const)('the exit code of %j is %i', (report, code) => {
  expect(exitCodeOfIsolation(report)).toBe(code)
  expect(exitCodeOfIsolation(report, { interrupted: true })).toBe(130)
})
