import { mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { exitCodeOfSearch } from '../../../src/cli/exit-codes.ts'
import { runCommandLine } from '../../../src/cli/program.ts'
import { openSearchDisplay } from '../../../src/cli/progress/search-display.ts'
import { roundLine, standingLines } from '../../../src/cli/progress/search-lines.ts'
import { renderSearch } from '../../../src/cli/report/search-answer.ts'
import { buildSearch } from '../../../src/cli/request/build-search.ts'
import type { RawRequest } from '../../../src/cli/request/parse-flags.ts'
import { namedAsSearchOption } from '../../../src/cli/request/search-rules.ts'
import {
  invalidInput,
  type SearchEvent,
  type SearchEventData,
  type SearchReport,
  searchRequestSchema,
} from '../../../src/contract/index.ts'
import { searchReport } from '../../../src/store/searches/report.ts'
import { searchSpec, shaAt, standing } from '../../support/recorded-search.ts'
import { testCli } from './fixture.ts'

let folder: string
beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'bisect-')))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const build = (flags: { [name: string]: unknown }, defaults: RawRequest = {}) =>
  buildSearch({ suite: flags, search: flags }, defaults, folder)

describe('the request of a search', () => {
  test('says what the flags say, and is what the schema takes', () => {
    const request = build({
      ...{
        good: 'v1',
        bad: 'main',
        firstParent: true,
        command: 'pytest',
        setup: false,
        test: 'a::b',
        confidence: '0.99',
      },
      ...{ minIncrease: '0.05', maxRuns: '500', maxDuration: '2h', seed: '4', env: ['A=1'], timeout: '90s' },
    })
    expect(request).toMatchObject({
      ...{ repo: folder, good: 'v1', bad: 'main', firstParent: true, command: { shell: 'pytest' }, setup: null },
      ...{ test: 'a::b', confidence: 0.99, minIncrease: 0.05, maxRuns: 500, maxDurationMs: 7_200_000, seed: 4 },
      ...{ env: { A: '1' }, timeoutMs: 90_000 },
    })
    expect(request.id).toMatch(/^c-[a-z2-7]{10}$/)
    expect(searchRequestSchema.safeParse(request).success).toBe(true)
  })

  test('takes of files what says how runs are made, and nothing that is about suites', () => {
    const defaults = {
      ...{ command: { shell: 'make' }, env: { A: 'file' }, timeoutMs: 5_000 },
      ...{ id: 'nightly', runs: 50, commits: ['HEAD~9'], until: 'verdict', confidence: 0.6, keep: 'always' },
    }
    const request = build({ env: ['B=flag'] }, defaults)
    expect(request).toMatchObject({ command: { shell: 'make' }, env: { A: 'file', B: 'flag' }, timeoutMs: 5_000 })
    expect(request).toMatchObject({ confidence: 0.95, minIncrease: 0.2, bad: 'HEAD' })
    for (const field of ['runs', 'commits', 'until', 'keep']) expect(request).not.toHaveProperty(field)
    expect(request.id).not.toBe('nightly')
  })

  test.each([
    [['--max-runs', '0'], '--max-runs: "0" – must be a whole number from 1 to 1,000,000.'],
    [['--max-runs', 'many'], '--max-runs: "many" – must be a whole number from 1 to 1,000,000.'],
    [['--max-duration', '5'], '--max-duration: "5" – must be a number with a unit: 500ms, 90s, 5m, 1h or 1d.'],
    [['--max-duration', '10ms'], '--max-duration: "10ms" – must be from 1s to 30d.'],
    [['--min-increase', '0'], '--min-increase: "0" – must be a rate from 0.0001 to 0.9.'],
    [['--good', ''], '--good: "" – must be a ref, sha or tag of 1 to 1,024 characters.'],
    [['--timeout', '10ms'], '--timeout: "10ms" – must be from 1s to 24h.'],
    [['--parallelism', '0'], '--parallelism: "0" – must be a whole number from 1 to 1,000.'],
    [['--isolation', 'pod'], '--isolation: "pod" – must be process or sandbox with executor local.'],
    [
      ['--id', 'a'.repeat(31)],
      `--id: "${'a'.repeat(31)}" – must be lower-case letters, digits and hyphens, 1 to 30 of them, not a hyphen first.`,
    ],
  ])('is refused with %j before anything is started', async (args, message) => {
    const { context } = testCli({ readDefaults: async () => ({}) })
    expect(await runCommandLine({ ...context, cwd: folder }, ['bisect', ...args])).toBe(2)
    expect(context.stderr.text()).toBe(`error: ${message}\n`)
    expect(context.stdout.text()).toBe('')
  })

  test('is complained about by the names of its options', () => {
    const named = (field: string) => namedAsSearchOption(invalidInput(field, 'x', 'is wrong')).message
    expect(named('good')).toBe('--good: "x" – is wrong.')
    expect(named('maxDurationMs')).toBe('--max-duration: "x" – is wrong.')
    expect(named('projectType')).toBe('--project-type: "x" – is wrong.')
    expect(named('search')).toBe('search: "x" – is wrong.')
  })
})

const suspect = (position: number, probability: number) => ({
  ...{ sha: shaAt(position), subject: `Change ${position}`, probability },
})
const round: SearchEventData<'search.round'> = {
  round: 3,
  ran: [
    { sha: shaAt(4), subject: 'Change 4', suite: 'c-1-3-1', runs: 8, failures: 5, reason: null },
    { sha: shaAt(6), subject: 'Change 6', suite: 'c-1-3-2', runs: 0, failures: 0, reason: 'setup_failed' },
  ],
  runs: 24,
  candidates: [suspect(4, 0.712), suspect(5, 0.18)],
  noneProbability: 0.004,
  entropyBits: 1.27,
  plausible: 2,
  next: [
    { sha: shaAt(5), subject: 'Change 5', runs: 6 },
    { sha: shaAt(3), subject: 'Change 3', runs: 2 },
  ],
}
const colors = (text: string | number | null | undefined) => String(text)
const plain = new Proxy({}, { get: () => colors }) as Parameters<typeof standingLines>[2]['colors']

describe('how a search comes along', () => {
  test('is a line per round: what ran, what is known, what runs next', () => {
    expect(roundLine(round, 31)).toBe(
      'round 3: 5 of 8 runs failed at 000000000005, nothing at 000000000007 (setup_failed); ' +
        '000000000005 71.2 %, 000000000006 18.0 %, none 0.4 %; 2 of 31 commits hold 95 % (1.3 bits); ' +
        'next: 6 runs at 000000000006, 2 at 000000000004',
    )
  })

  test('is a picture of what is known where it can be redrawn, as wide as the terminal', () => {
    expect(standingLines(round, 31, { colors: plain, columns: 80 })).toEqual([
      '  000000000005 ███████████░░░░░  71.2 %  Change 4',
      '  000000000006 ███░░░░░░░░░░░░░  18.0 %  Change 5',
      '  none         ░░░░░░░░░░░░░░░░   0.4 %  ',
      '  2 of 31 commits hold 95 % (1.3 bits)',
      '  running 6 runs at 000000000006, 2 at 000000000004',
    ])
    for (const line of standingLines(round, 31, { colors: plain, columns: 30 })) expect(line.length).toBeLessThan(31)
  })

  test('is plain lines in a file, and nothing that could move a cursor', async () => {
    const { context } = testCli()
    const display = await openSearchDisplay(context)
    const started = {
      repo: '/r\u001b[2J',
      good: null,
      bad: shaAt(30),
      commits: 31,
      historyRuns: 200,
      parallelism: 8,
      seed: 1,
    }
    const at = '2026-01-01T00:00:00Z'
    const events: SearchEvent[] = [
      { seq: 1, type: 'search.started', suite: 'c-1', at, data: started },
      { seq: 2, type: 'search.round', suite: 'c-1', at, data: round },
      {
        seq: 3,
        type: 'search.finished',
        suite: 'c-1',
        at,
        data: { status: 'completed', answer: 'culprit', culprit: null },
      },
    ]
    for (const event of events) display.show(event)
    display.stop()
    const [first, second, ...rest] = context.stderr.text().split('\n')
    expect(first).toBe('searching 31 commits from the beginning to 00000000001f, 200 earlier runs as evidence (/r)')
    expect(second).toBe(roundLine(round, 31))
    expect(rest).toEqual([''])
  })
})

const reportOf = (fields: Partial<SearchReport>): SearchReport => ({
  ...searchReport({
    ...{ id: 'c-1', spec: searchSpec('c-1'), requestDigest: 'd', status: 'completed', failure: null },
    ...{ createdAt: '2026-01-01T00:00:00Z', finishedAt: '2026-01-01T00:01:21Z', commits: 31, historyRuns: 0 },
    standing: standing({ runs: 40, rounds: 5, noneProbability: 0.01 }),
  }),
  ...fields,
})
const rate = (failures: number, runs: number, low: number, high: number) => ({
  ...{ runs, failures, failureRate: failures / runs },
  interval: { method: 'always-valid' as const, level: 0.95, low, high },
})

describe('the answer', () => {
  const shown = (fields: Partial<SearchReport>) => renderSearch(testCli().context, reportOf(fields))

  test('names the culprit, the rates around it, and how to look at it', () => {
    const run = 'c-1-3-1.000000000005.0'
    const answer = shown({
      ...{ answer: 'culprit', culprit: suspect(4, 0.991), posterior: [suspect(4, 0.991)] },
      ...{ rateBefore: rate(1, 20, 0.01, 0.3), rateFrom: rate(20, 20, 0.8, 1) },
      example: { run, replay: `commit-suite replay ${run}` },
    })
    expect(answer).toMatchInlineSnapshot(`
      "c-1 completed: 40 runs in 5 rounds over 31 commits in 1 m 21 s (/repositories/one)

      culprit 0000000000050000000000000000000000000000 (99.1 %)
        Change 4
        before     5.0 % [1.0–30.0 %] (95 %): 1 of 20 runs failed
        from it on 100.0 % [80.0–100.0 %] (95 %): 20 of 20 runs failed

      Look:     git show 000000000005
      Output:   commit-suite logs c-1-3-1.000000000005.0
      Replay:   commit-suite replay c-1-3-1.000000000005.0"
    `)
  })

  test('says that the rate did not rise, or that it fell', () => {
    const rates = { rateBefore: rate(9, 10, 0.5, 1), rateFrom: rate(1, 10, 0, 0.5) }
    expect(shown({ answer: 'no-increase', decrease: true, ...rates })).toMatchInlineSnapshot(`
      "c-1 completed: 40 runs in 5 rounds over 31 commits in 1 m 21 s (/repositories/one)

      no increase of 20.0 % or more: the failure rate fell
        oldest     90.0 % [50.0–100.0 %] (95 %): 9 of 10 runs failed
        newest     10.0 % [0.0–50.0 %] (95 %): 1 of 10 runs failed"
    `)
  })

  test('says what is lacking, what was passed over, and what would run next', () => {
    const lacking = {
      ...{ answer: 'not-enough-evidence' as const, runsNeeded: 120, posterior: [suspect(4, 0.5), suspect(5, 0.3)] },
      ...{ skipped: [{ sha: shaAt(6), reason: 'setup_failed' }], next: round.next },
    }
    expect(shown(lacking)).toMatchInlineSnapshot(`
      "c-1 completed: 40 runs in 5 rounds over 31 commits in 1 m 21 s (/repositories/one)

      not enough evidence
        000000000005  50.0 %  Change 4
        000000000006  30.0 %  Change 5
        none           1.0 %
      about 120 runs more would be enough: raise --max-runs or --max-duration under another --id

      passed over: 000000000007 (setup_failed)

      next: 6 runs at 000000000006, 2 at 000000000004"
    `)
    const inseparable = [suspect(4, 0), suspect(5, 0)].map(({ sha, subject }) => ({ sha, subject }))
    expect(shown({ ...lacking, runsNeeded: null, inseparable })).toContain('one of 000000000005, 000000000006 it is')
    expect(shown({ ...lacking, runsNeeded: null })).toContain('no further run would tell more')
    const unnamed = { ...lacking, test: 'a::b', skipped: [{ sha: shaAt(1), reason: 'test_missing' }] }
    expect(shown(unnamed)).toContain('no report of these commits names the test "a::b"')
  })

  test('is an exit code', () => {
    const code = (status: SearchReport['status'], answer: SearchReport['answer'], failure?: string) =>
      exitCodeOfSearch({ status, answer, ...(failure === undefined ? {} : { failure }) })
    expect(code('completed', 'culprit')).toBe(0)
    expect(code('completed', 'no-increase')).toBe(0)
    expect(code('completed', 'not-enough-evidence')).toBe(3)
    expect(code('failed', null, 'setup_failed: none of 10 commits')).toBe(3)
    expect(code('failed', null, 'ref_not_found: good: "x"')).toBe(2)
    expect(code('cancelled', null)).toBe(130)
    expect(code('running', null)).toBe(3)
  })
})
