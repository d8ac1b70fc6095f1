import { expect, test } from 'vitest'
import { historyQuery } from '../../../src/dashboard/history/query.ts'
import {
  commitBand,
  dayBand,
  marksOf,
  pointWords,
  rateScale,
  sparkline,
} from '../../../src/dashboard/history/series.ts'

const rate = (failureRate: number, low: number, high: number) => ({
  ...{ runs: 20, failed: Math.round(failureRate * 20), failureRate },
  interval: { method: 'always-valid', level: 0.95, low, high } as const,
})
const commit = (letter: string, failureRate: number) => ({
  ...{ sha: letter.repeat(40), subject: `Change ${letter}`, committedAt: '2026-01-01T00:00:00Z' },
  ...rate(failureRate, 0, 1),
})
const COMMITS = [commit('a', 0), commit('b', 0.5), commit('c', 0.5)]

test('days lie on an axis of time, commits one step apart', () => {
  const days = [
    { day: '2026-01-01', ...rate(0.1, 0.05, 0.2) },
    { day: '2026-01-04', ...rate(0.2, 0.1, 0.4) },
  ]
  const { xs, rates, lows, highs } = dayBand(days)
  expect([(xs[1] ?? 0) - (xs[0] ?? 0), rates, lows, highs]).toEqual([3 * 86_400, [0.1, 0.2], [0.05, 0.1], [0.2, 0.4]])
  expect(commitBand(COMMITS).xs).toEqual([0, 1, 2])
})

test('changes are marked at their commits; of those that are not shown none is', () => {
  const change = { probability: 0.9, rateBefore: 0, rateFrom: 0.5, direction: 'rise' } as const
  const changes = [
    { ...change, sha: 'b'.repeat(40) },
    { ...change, sha: 'f'.repeat(40) },
  ]
  expect(marksOf(COMMITS, changes)).toEqual([1])
})

test('the scale has room for all rates, and one wide interval does not make all others small', () => {
  expect(rateScale({ rates: [0.01, 0.02], highs: [0.04, 0.05] })).toBe(0.05)
  expect(rateScale({ rates: [0.01, 0.3], highs: [0.04, 0.45] })).toBe(0.5)
  const highs = [...Array.from({ length: 20 }, () => 0.04), 0.9]
  expect(rateScale({ rates: highs.map(() => 0.01), highs })).toBe(0.05)
  expect(rateScale({ rates: [], highs: [] })).toBe(0.05)
})

test('a point is told with its interval and what it rests on', () => {
  expect(pointWords(rate(0.1, 0.012, 0.317))).toBe('10.0 % [1.2–31.7 %], 2 of 20 runs failed')
})

test('a small picture is drawn from edge to edge, and of one day there is none', () => {
  const days = [
    { day: '2026-01-01', failureRate: 0 },
    { day: '2026-01-02', failureRate: 0.25 },
    { day: '2026-01-05', failureRate: 0.5 },
  ]
  expect(sparkline(days, { width: 100, height: 20 })).toBe('0.0,20.0 25.0,10.0 100.0,0.0')
  expect(sparkline(days.slice(1, 2), { width: 100, height: 20 })).toBeUndefined()
})

test('an address says what is asked for, and what it says wrong is as if it said nothing', () => {
  const read = (text: string) => historyQuery(new URLSearchParams(text))
  expect(read('repo=/r&flaky=1&sort=name&days=all')).toEqual({ repo: '/r', flaky: '1', sort: 'name', days: '' })
  expect(read('flaky=yes&sort=<b>&days=1e9')).toEqual({ repo: '', flaky: '', sort: 'rate', days: '90' })
})
