import { createColors } from 'picocolors'
import stringWidth from 'string-width'
import { describe, expect, test } from 'vitest'
import { hindrances } from '../../../src/cli/progress/hindrances.ts'
import { renderMatrix } from '../../../src/cli/progress/matrix.ts'
import { plainLine, plainNews } from '../../../src/cli/progress/plain.ts'
import type { Outcome, SuiteEvent, SuiteEventData, SuiteEventType } from '../../../src/contract/index.ts'
import { suiteEventSchema } from '../../../src/contract/index.ts'
import { applyEvent, applyEvents } from '../../../src/progress/apply-event.ts'
import { paceOf } from '../../../src/progress/pace.ts'
import { initialProgress } from '../../../src/progress/state.ts'
import { SHA, SHA2 } from './fixture.ts'

const START_MS = Date.parse('2026-01-02T03:04:05.000Z')
const colors = createColors(false)

/** Events with rising numbers, one every 100 ms. */
function story(): {
  events: SuiteEvent[]
  add<T extends SuiteEventType>(type: T, data: SuiteEventData<T>): void
  nowMs(): number
} {
  const events: SuiteEvent[] = []
  const nowMs = (): number => START_MS + events.length * 100
  return {
    events,
    nowMs,
    add(type, data) {
      const seq = events.length + 1
      events.push(suiteEventSchema.parse({ seq, type, suite: 's-one', at: new Date(nowMs()).toISOString(), data }))
    },
  }
}

function begun(runs = 6) {
  const told = story()
  told.add('suite.started', { repo: '/r', runs, parallelism: 2, seed: 7 })
  told.add('commit.resolved', { sha: SHA, position: 0, refs: ['HEAD~1'], subject: 'Add a feature' })
  told.add('commit.resolved', { sha: SHA2, position: 1, refs: ['HEAD'], subject: 'Fix 漢字 \x1b[31mhandling' })
  const run = (sha: string, attempt: number) => ({
    sha,
    run: `s-one.${sha.slice(0, 12)}.${attempt}`,
    attempt,
    seed: attempt + 1,
  })
  return {
    ...told,
    wait: (attempt: number, reason: string) => told.add('run.waiting', { ...run(SHA, attempt), try: 1, reason }),
    retry: (attempt: number, fault: string, message?: string) =>
      told.add('run.retried', { ...run(SHA, attempt), try: 1, fault, ...(message === undefined ? {} : { message }) }),
    start: (sha: string, attempt: number) => told.add('run.started', { ...run(sha, attempt), try: 1, node: 'host' }),
    finish: (sha: string, attempt: number, outcome: Outcome) =>
      told.add('run.finished', { ...run(sha, attempt), outcome, reason: null, exitCode: 0, durationMs: 50, tries: 1 }),
  }
}

function busy(runs?: number) {
  const told = begun(runs)
  const outcomes: Outcome[] = ['passed', 'failed', 'timed_out', 'crashed', 'error']
  for (const [attempt, outcome] of outcomes.entries()) {
    told.start(SHA, attempt)
    told.finish(SHA, attempt, outcome)
  }
  told.start(SHA, 5)
  told.add('environment.step', { sha: SHA2, step: 'setup', message: 'npm ci' })
  return told
}

test('one by one or as a page, events lead to the same state; seen ones change nothing', () => {
  const { events } = busy()
  const page = applyEvents(initialProgress('s-one'), events)
  const single = events.reduce(applyEvent, initialProgress('s-one'))
  expect(single).toEqual(page)
  expect(applyEvents(page, events)).toBe(page)
  expect(page.commits.get(SHA)?.tally).toEqual({
    passed: 1,
    failed: 1,
    timedOut: 1,
    crashed: 1,
    errors: 1,
    cancelled: 0,
  })
})

test('the state before stays as it was', () => {
  const { events } = busy()
  const before = applyEvents(initialProgress('s-one'), events.slice(0, 4))
  const copy = structuredClone(before)
  applyEvents(before, events)
  expect(before).toEqual(copy)
})

test('a run that starts again after its end was recorded stays finished, and a repeated error is replaced', () => {
  const told = begun()
  told.finish(SHA, 0, 'error')
  told.start(SHA, 0)
  told.finish(SHA, 0, 'passed')
  const state = applyEvents(initialProgress('s-one'), told.events)
  expect(state.commits.get(SHA)?.tally).toMatchObject({ errors: 0, passed: 1 })
  expect(state.finishedRuns).toBe(1)
})

test('commits that were resolved before the suite started have all their runs ahead', () => {
  const told = story()
  told.add('commit.resolved', { sha: SHA, position: 0, refs: [], subject: '' })
  told.add('suite.started', { repo: '/r', runs: 40, parallelism: 2, seed: 7 })
  const state = applyEvents(initialProgress('s-one'), told.events)
  expect(paceOf(state, told.nowMs()).total).toBe(40)
})

test('the pace comes from the newest ends and the time left from what is missing', () => {
  const told = busy()
  const state = applyEvents(initialProgress('s-one'), told.events)
  const pace = paceOf(state, START_MS + 300 + 5_000)
  expect(pace).toMatchObject({ finished: 5, total: 12, runsPerSecond: 1 })
  expect(pace.leftMs).toBeCloseTo(7_000)
})

const picture = (columns: number, rows = 24, runs?: number): string => {
  const told = busy(runs)
  const state = applyEvents(initialProgress('s-one'), told.events)
  return renderMatrix(state, { columns, rows, colors, nowMs: START_MS + 5_300 })
}

test('the matrix on a wide terminal', () => {
  expect(picture(110)).toMatchInlineSnapshot(`
    "s-one  5/12 runs · 1.0/s · 7.0 s left
    0123456  Add a feature      ✓FTCE▸  3/4 failed, 75.0 % [13.1–99.8 %]
    fedcba9  Fix 漢字 handling  ······  setup: npm ci
    ✓ passed  F failed  T timed out  C crashed  E error  ▸ running  · waiting"
  `)
})

test('the matrix with more runs than columns', () => {
  expect(picture(80, 24, 500)).toMatchInlineSnapshot(`
    "s-one  5/1,000 runs · 1.0/s · 16 m 35 s left
    0123456  F·····························   3/4 failed, 75.0 % [13.1–99.8 %]
    fedcba9  ······························   setup: npm ci
    a sign stands for 17 runs"
  `)
})

test('the matrix on a narrow terminal', () => {
  expect(picture(36)).toMatchInlineSnapshot(`
    "s-one  5/12 runs · 1.0/s · 7.0 s le…
    0123456  ✓FTCE▸
    fedcba9  ······"
  `)
})

test.each([1, 5, 12, 20, 40, 61, 79, 200])('at %d columns no line is wider and no row is lost', (columns) => {
  const lines = picture(columns, 24, 3000).split('\n')
  const allowed = Math.max(columns, 7)
  for (const line of lines) expect(stringWidth(line)).toBeLessThanOrEqual(allowed)
  expect(lines.length).toBeGreaterThanOrEqual(3)
})

test('more commits than rows: the picture stays within the terminal and says what is hidden', () => {
  const told = story()
  told.add('suite.started', { repo: '/r', runs: 2, parallelism: 2, seed: 7 })
  for (let i = 0; i < 60; i++) {
    const sha = i.toString(16).padStart(40, '0')
    told.add('commit.resolved', { sha, position: i, refs: [], subject: `commit ${i}` })
  }
  const state = applyEvents(initialProgress('s-one'), told.events)
  const lines = renderMatrix(state, { columns: 90, rows: 20, colors, nowMs: told.nowMs() }).split('\n')
  expect(lines.length).toBeLessThanOrEqual(20)
  expect(lines.join('\n')).toContain('… 45 more commits, 0 of 60 done')
})

test('plain lines for build servers', () => {
  const told = busy()
  const before = applyEvents(initialProgress('s-one'), told.events)
  told.add('commit.verdict', {
    sha: SHA,
    verdict: 'flaky',
    reason: null,
    failureRate: 0.75,
    interval: { method: 'clopper-pearson', level: 0.95, low: 0.194, high: 0.994 },
    severity: 'high',
    stoppedEarly: false,
  })
  const now = applyEvents(before, told.events)
  expect(plainLine(before, START_MS + 5_300)).toMatchInlineSnapshot(
    `"s-one: 5/12 runs · 1.0/s · 7.0 s left, 3 failed, 1 error"`,
  )
  expect(plainNews(initialProgress('s-one'), now)).toMatchInlineSnapshot(`
    [
      "0123456789ab Add a feature: flaky 75.0 % [19.4–99.4 %]",
      "fedcba987654 Fix 漢字 handling: set-up: npm ci",
    ]
  `)
})

test('news names once what the environment of a commit lacks, however far its commit has come since', () => {
  const told = begun()
  const before = applyEvents(initialProgress('s-one'), told.events)
  const warnings = ['The commit has submodules (\u001b[31mx); they are not fetched.']
  told.add('environment.step', { sha: SHA, step: 'ready', message: 'prepared', cached: true, warnings })
  told.add('environment.step', { sha: SHA, step: 'released', message: 'removed' })
  const now = applyEvents(before, told.events)
  const news = plainNews(before, now)
  expect(news).toEqual([expect.stringMatching(/^0123456789ab .*: warning: The commit has submodules \(.*x\);/)])
  expect(news.join('')).not.toContain('\u001b')
  told.start(SHA, 0)
  expect(plainNews(now, applyEvents(now, told.events))).toEqual([])
})

test('news says that a set-up failed though the environment was released before anybody looked', () => {
  const told = begun()
  const before = applyEvents(initialProgress('s-one'), told.events)
  told.add('environment.step', { sha: SHA, step: 'failed', message: 'npm ci exited with 7\nno such thing' })
  told.add('environment.step', { sha: SHA, step: 'released', message: 'removed' })
  const now = applyEvents(before, told.events)
  expect(plainNews(before, now)).toEqual(['0123456789ab Add a feature: set-up failed: npm ci exited with 7'])
  expect(plainNews(now, now)).toEqual([])
})

describe('what keeps runs from going on', () => {
  test('is said once per reason, the commonest first, and no longer once they go on', () => {
    const told = begun()
    told.wait(0, 'pulling image')
    for (const attempt of [1, 2]) told.wait(attempt, '0/1 nodes are available: insufficient memory')
    expect(hindrances(applyEvents(initialProgress('s-one'), told.events))).toEqual([
      'waiting: 0/1 nodes are available: insufficient memory (2 runs)',
      'waiting: pulling image (1 run)',
    ])
    told.start(SHA, 0)
    told.wait(1, 'pulling\x1b[31m image')
    told.finish(SHA, 2, 'error')
    expect(hindrances(applyEvents(initialProgress('s-one'), told.events))).toEqual(['waiting: pulling image (1 run)'])
    told.add('suite.finished', { status: 'cancelled' })
    expect(hindrances(applyEvents(initialProgress('s-one'), told.events))).toEqual([])
  })

  test('names each fault with its newest message and how often runs were tried again for it', () => {
    const told = begun()
    told.wait(0, 'pulling image')
    told.retry(0, 'pod_deleted', 'pod a was deleted')
    told.retry(1, 'pod_deleted', 'pod b was deleted')
    told.retry(2, 'runner_lost')
    expect(hindrances(applyEvents(initialProgress('s-one'), told.events))).toEqual([
      'retried: pod_deleted: pod b was deleted (2 times)',
      'retried: runner_lost (once)',
    ])
  })

  test('is bounded, however many reasons there are', () => {
    const told = begun(20)
    for (let attempt = 0; attempt < 20; attempt++) told.wait(attempt, `reason ${attempt}`)
    const lines = hindrances(applyEvents(initialProgress('s-one'), told.events))
    expect(lines).toHaveLength(6)
    expect(lines.at(-1)).toBe('waiting: 15 more reasons')
  })

  test.each([5, 7, 9, 24])('stands in the matrix where a terminal of %d rows has room', (rows) => {
    const told = busy(20)
    for (let attempt = 6; attempt < 12; attempt++) told.wait(attempt, `reason ${attempt} ${'x'.repeat(100)}`)
    const state = applyEvents(initialProgress('s-one'), told.events)
    const lines = renderMatrix(state, { columns: 60, rows, colors, nowMs: told.nowMs() }).split('\n')
    expect(lines.length).toBeLessThanOrEqual(rows)
    for (const line of lines) expect(stringWidth(line)).toBeLessThanOrEqual(60)
    expect(lines.some((line) => line.startsWith('waiting: '))).toBe(rows > 6)
  })
})

test('an extension makes room for its runs and asks for every verdict again', () => {
  const told = begun(2)
  for (const attempt of [0, 1]) told.finish(SHA, attempt, attempt === 0 ? 'error' : 'passed')
  const verdict = { verdict: 'passing', reason: null, failureRate: 0, interval: null, severity: 'none' } as const
  told.add('commit.verdict', { sha: SHA, ...verdict, stoppedEarly: false })
  told.add('suite.finished', { status: 'failed', failure: 'internal: broken' })
  const ended = applyEvents(initialProgress('s-one'), told.events)
  told.add('suite.started', { repo: '/r', runs: 3, parallelism: 2, seed: 7 })
  const extended = applyEvents(ended, told.events)
  expect(extended).toMatchObject({ status: 'running', failure: null, runsPerCommit: 3, finishedRuns: 2 })
  expect(extended.commits.get(SHA)).toMatchObject({ verdict: null, tally: { passed: 1, errors: 1 } })
  expect(extended.commits.get(SHA)?.cells).toHaveLength(3)
  expect(paceOf(extended, told.nowMs())).toMatchObject({ finished: 2, total: 6, runsPerSecond: null })
  told.finish(SHA, 0, 'failed')
  expect(applyEvents(extended, told.events).commits.get(SHA)?.tally).toMatchObject({ passed: 1, errors: 0, failed: 1 })
  expect(ended.commits.get(SHA)?.verdict?.verdict).toBe('passing')
})

test('a suite that is extended while it is paused stays paused', () => {
  const told = begun(2)
  told.add('suite.paused', {})
  told.add('suite.started', { repo: '/r', runs: 3, parallelism: 2, seed: 7 })
  expect(applyEvents(initialProgress('s-one'), told.events)).toMatchObject({ status: 'paused', runsPerCommit: 3 })
})

describe('of a suite that stops where the evidence suffices', () => {
  const untilVerdict = (runs = 1_000) => {
    const told = begun(runs)
    told.add('suite.started', { repo: '/r', runs, parallelism: 2, seed: 7, until: 'verdict', confidence: 0.9 })
    return told
  }
  const verdict: SuiteEventData<'commit.verdict'> = {
    ...({ sha: SHA, verdict: 'flaky', reason: null, failureRate: 0.4, severity: 'medium' } as const),
    interval: { method: 'always-valid', level: 0.9, low: 0.08, high: 0.83 },
    stoppedEarly: true,
    evidence: 5,
  }
  /** Seven runs end, the fourth of them late; two of them beyond what counts. */
  const stopped = () => {
    const told = untilVerdict()
    const outcomes: Outcome[] = ['passed', 'failed', 'passed', 'failed', 'passed', 'passed', 'failed']
    for (const attempt of outcomes.keys()) told.start(SHA, attempt)
    for (const [attempt, outcome] of outcomes.entries()) if (attempt !== 3) told.finish(SHA, attempt, outcome)
    const before = applyEvents(initialProgress('s-one'), told.events)
    told.finish(SHA, 3, 'failed')
    told.start(SHA, 7)
    return { ...told, before }
  }
  const rowsOf = (state: ReturnType<typeof initialProgress>, columns: number): string[] =>
    renderMatrix(state, { columns, rows: 24, colors, nowMs: START_MS + 60_000 }).split('\n')

  test('the matrix shows what has begun and the rate of the longest finished prefix, and promises no end', () => {
    const { before } = stopped()
    expect(rowsOf(before, 110).slice(0, 2)).toMatchInlineSnapshot(`
      [
        "s-one  6 of at most 2,000 runs · 0.1/s",
        "0123456  Add a feature      ✓F✓▸✓✓F  1/3 failed, 33.3 % [0.6–91.7 %]",
      ]
    `)
    expect(paceOf(before, START_MS + 60_000)).toMatchObject({ finished: 6, total: 2_000, capped: true, leftMs: null })
  })

  test('runs beyond a verdict are counted nowhere, whether they ended before it or after', () => {
    const told = stopped()
    told.add('commit.verdict', verdict)
    told.finish(SHA, 7, 'failed')
    const state = applyEvents(initialProgress('s-one'), told.events)
    expect(state.finishedRuns).toBe(5)
    expect(state.commits.get(SHA)?.tally).toMatchObject({ passed: 3, failed: 2, cancelled: 0 })
    expect(rowsOf(state, 110).slice(0, 2)).toMatchInlineSnapshot(`
      [
        "s-one  5 of at most 1,005 runs · 0.1/s",
        "0123456  Add a feature      ✓F✓F✓  stopped after 5: flaky 40.0 % [8.0–83.0 %]",
      ]
    `)
    expect(plainNews(told.before, state)).toEqual([
      '0123456789ab Add a feature: stopped after 5: flaky 40.0 % [8.0–83.0 %]',
    ])
    expect(plainLine(state, START_MS + 60_000)).toContain('5 of at most 1,005 runs')
    expect(told.events.reduce(applyEvent, initialProgress('s-one'))).toEqual(state)
  })

  test('an extension takes up again what a verdict has left out', () => {
    const told = stopped()
    told.add('commit.verdict', verdict)
    told.add('suite.finished', { status: 'completed' })
    told.add('suite.started', { repo: '/r', runs: 1_100, parallelism: 2, seed: 7, until: 'verdict', confidence: 0.9 })
    const state = applyEvents(initialProgress('s-one'), told.events)
    expect(state.finishedRuns).toBe(7)
    expect(state.commits.get(SHA)?.tally).toMatchObject({ passed: 4, failed: 3 })
    expect(state.commits.get(SHA)?.cells).toHaveLength(1_100)
  })
})
