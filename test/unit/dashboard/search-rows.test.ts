import { describe, expect, test } from 'vitest'
import { emptyLog, type LoggedRound, withEvents } from '../../../src/dashboard/search/log.ts'
import { type RangeCommit, rowsOf, scaleOf } from '../../../src/dashboard/search/rows.ts'
import { standingAfter } from '../../../src/dashboard/search/standing.ts'

const commit = (position: number): RangeCommit => ({
  ...{
    position,
    sha: `sha${position}`,
    subject: `Change ${position}`,
    author: 'A',
    committedAt: '2026-01-01T00:00:00Z',
  },
  earlier: { runs: 0, failures: 0 },
})
const range = Array.from({ length: 12 }, (_, position) => commit(position))
const suspect = (position: number, probability: number) => ({
  ...{ sha: `sha${position}`, subject: '', probability },
})
const batch = (position: number, runs: number, failures: number, reason: string | null = null) => ({
  ...{ sha: `sha${position}`, subject: '', suite: `c-1-${position}`, runs, failures, reason },
})
const round = (number: number, more: Partial<LoggedRound>): LoggedRound => ({
  ...{ at: '', round: number, ran: [], runs: 0, candidates: [], noneProbability: 0.1, entropyBits: 2, plausible: 4 },
  ...{ next: [], ...more },
})

const ROUNDS = [
  round(0, { candidates: [suspect(3, 0.5), suspect(4, 0.2)], next: [{ sha: 'sha3', subject: '', runs: 4 }] }),
  round(1, { ran: [batch(3, 4, 1), batch(9, 0, 0, 'setup_failed')], candidates: [suspect(3, 0.8)] }),
]
const shown = (rows: ReturnType<typeof rowsOf>) =>
  rows.map((row) => (row.kind === 'gap' ? `${row.from}-${row.to}` : row.commit.position))

describe('the range after a round', () => {
  test('is in the order of history, with what says nothing folded together', () => {
    const rows = rowsOf(range, standingAfter(ROUNDS, 0, undefined), new Set())
    expect(shown(rows)).toEqual([0, 1, 2, 3, 4, '5-10', 11])
  })

  test('shows a stretch that was opened', () => {
    expect(shown(rowsOf(range, standingAfter(ROUNDS, 0, undefined), new Set([5])))).toEqual(range.map((_, at) => at))
  })

  test('opens a long stretch piece by piece', () => {
    const many = Array.from({ length: 1_000 }, (_, position) => commit(position))
    const standing = standingAfter([round(0, {})], 0, undefined)
    const rows = rowsOf(many, standing, new Set([1]))
    expect(rows).toHaveLength(1 + 200 + 1 + 1)
    expect(rows.at(-2)).toEqual({ kind: 'gap', from: 201, to: 998, probability: 0 })
  })

  test('has the runs up to that round, and those that come next', () => {
    const before = standingAfter(ROUNDS, 0, undefined)
    const after = standingAfter(ROUNDS, 1, undefined)
    const at = (standing: typeof before, position: number) =>
      rowsOf(range, standing, new Set()).find((row) => row.kind === 'commit' && row.commit.position === position)
    expect(at(before, 3)).toMatchObject({ tally: { runs: 0, failures: 0 }, next: 4, probability: 0.5 })
    expect(at(after, 3)).toMatchObject({ tally: { runs: 4, failures: 1 }, next: 0, suites: ['c-1-3'] })
    expect(at(after, 9)).toMatchObject({ skipped: 'setup_failed', probability: undefined })
    expect(at(after, 0)).toMatchObject({ probability: 0 })
  })

  test('counts runs of earlier suites as the search does', () => {
    const known = range.map((one) => (one.position === 3 ? { ...one, earlier: { runs: 10, failures: 2 } } : one))
    const rows = rowsOf(known, standingAfter(ROUNDS, 1, undefined), new Set())
    expect(rows[3]).toMatchObject({ tally: { runs: 14, failures: 3 } })
  })

  test('takes the hundred of the document where that is as new, and the ten of the event where it is not', () => {
    const document = { rounds: 1, posterior: [suspect(3, 0.7), suspect(5, 0.19)], skipped: [] }
    expect(standingAfter(ROUNDS, 1, document).probabilities.get('sha5')).toBe(0.19)
    expect(standingAfter(ROUNDS, 1, document).rest).toBeCloseTo(0.01)
    expect(standingAfter(ROUNDS, 0, document).probabilities.get('sha5')).toBeUndefined()
    expect(standingAfter(ROUNDS, 0, document).rest).toBeCloseTo(0.2)
  })

  test('of ten thousand commits shows a hundred likely ones and those with runs', () => {
    const many = Array.from({ length: 10_000 }, (_, position) => commit(position))
    const candidates = many.slice(1, 1001).map(({ position }) => suspect(position, 0.001))
    const rows = rowsOf(
      many,
      standingAfter([round(0, { candidates, ran: [batch(5000, 1, 0)] })], 0, undefined),
      new Set(),
    )
    expect(rows.filter(({ kind }) => kind === 'commit')).toHaveLength(100 + 3)
  })
})

test('bars have a scale that moves seldom and has room for all of them', () => {
  const scale = (...probabilities: number[]) =>
    scaleOf(
      standingAfter(
        [round(0, { noneProbability: 0, candidates: probabilities.map((p, i) => suspect(i, p)) })],
        0,
        undefined,
      ),
    )
  expect([scale(0.013), scale(0.019), scale(0.3), scale(0.97), scale()]).toEqual([0.02, 0.02, 0.5, 1, 0.01])
})

test('events of a search add up to its log', () => {
  const { at: _, ...data } = round(0, {})
  const event = { suite: 'c', at: '2026-01-01T00:00:00Z' }
  const log = withEvents(withEvents(emptyLog(), [{ ...event, seq: 2, type: 'search.round', data }]), [
    { ...event, seq: 3, type: 'search.finished', data: { status: 'completed', answer: 'no-increase', culprit: null } },
  ])
  expect(log).toMatchObject({ seq: 3, rounds: [{ round: 0, at: event.at }], finished: { answer: 'no-increase' } })
})
