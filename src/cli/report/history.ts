import type { Colors } from 'picocolors/types.js'
import type { HistoryTest, TestHistoryDocument } from '../../contract/http/tests.ts'
import { count, formatRate, percent, plural } from '../../report/format.ts'
import { safeLine } from '../terminal-safe.ts'
import { cutToWidth } from '../text-format.ts'
import { sparkline } from './sparkline.ts'
import { plainTable } from './table.ts'

/** Days in a sparkline, today the last. */
const DRAWN_DAYS = 30
/** Commits, days and messages that are printed; `--json` has all of them. */
const MOST_LINES = 30
const WIDEST_TEST = 60
const WIDEST_MESSAGE = 100
const DAY_MS = 24 * 3_600_000

const dayOf = (time: string): string => time.slice(0, '2026-11-29'.length)

type DayRate = HistoryTest['days'][number]

function drawnDays(days: readonly DayRate[], wanted: number, now: number): string {
  const rates = new Map(days.map(({ day, failureRate }) => [day, failureRate]))
  return sparkline(
    Array.from({ length: wanted }, (_, index) => {
      const day = dayOf(new Date(now - (wanted - 1 - index) * DAY_MS).toISOString())
      return rates.get(day) ?? null
    }),
  )
}

export interface HistoryTableOptions {
  /** Of the sparkline. */
  days: number
  /** Whether tests of several repositories are listed. */
  repos: boolean
  now: number
}

/** One line a test. */
export function historyTable(
  tests: readonly HistoryTest[],
  { days, repos, now }: HistoryTableOptions,
  colors: Colors,
): string {
  const drawn = Math.min(days, DRAWN_DAYS)
  const head = ['test', 'failures/runs', 'failure rate', `last ${drawn} days`, 'commits', 'last failed', 'last seen']
  const rows = tests.map((test) => [
    cutToWidth(safeLine(test.test), WIDEST_TEST),
    `${count(test.failed)}/${count(test.runs)}`,
    test.flaky ? colors.yellow(formatRate(test)) : formatRate(test),
    drawnDays(test.days, drawn, now),
    count(test.commits),
    test.lastFailed === null ? '–' : dayOf(test.lastFailed),
    dayOf(test.lastSeen),
    ...(repos ? [safeLine(test.repo)] : []),
  ])
  return plainTable(repos ? [...head, 'repository'] : head, rows, colors)
}

/** What is known of one test: rate, change points, commits, days, ways to fail. */
export function testHistoryText(history: TestHistoryDocument, colors: Colors): string {
  const { test, runs, failed, firstSeen, lastSeen, commits, days, fingerprints } = history
  const parts = [
    [
      colors.bold(safeLine(test)),
      `${count(failed)} of ${plural(runs, 'run')} failed: ${formatRate(history)}`,
      `first seen ${dayOf(firstSeen)}, last seen ${dayOf(lastSeen)}`,
    ].join('\n'),
    changeLines(history, colors),
    table('commits', commits, colors, (commit) => [
      colors.yellow(commit.sha.slice(0, 12)),
      dayOf(commit.committedAt),
      `${count(commit.failed)}/${count(commit.runs)}`,
      formatRate(commit),
      cutToWidth(safeLine(commit.subject), WIDEST_TEST),
    ]),
    table('days', days, colors, (day) => [
      day.day,
      `${count(day.failed)}/${count(day.runs)}`,
      formatRate(day),
      sparkline([day.failureRate]),
    ]),
    table('ways to fail', fingerprints, colors, ({ fingerprint, failures, message, ...seen }) => [
      fingerprint,
      plural(failures, 'failure'),
      `${dayOf(seen.firstSeen)} – ${dayOf(seen.lastSeen)}`,
      seen.run,
      cutToWidth(safeLine(message), WIDEST_MESSAGE),
    ]),
  ]
  return parts.filter((part) => part !== '').join('\n\n')
}

function changeLines({ changePoints, commits }: TestHistoryDocument, colors: Colors): string {
  const subjects = new Map(commits.map(({ sha, subject }) => [sha, subject]))
  return changePoints
    .map(({ sha, direction, probability, rateBefore, rateFrom }) => {
      const rates = `${percent(rateBefore)} → ${percent(rateFrom)}`
      const change = direction === 'rise' ? colors.red(`rose ${rates}`) : colors.green(`fell ${rates}`)
      const at = `${colors.yellow(sha.slice(0, 12))} ${cutToWidth(safeLine(subjects.get(sha) ?? ''), WIDEST_TEST)}`
      return `${change} at ${at} (probability ${percent(probability)})`
    })
    .join('\n')
}

/** The newest are what people look for, and stand last. */
function table<T>(name: string, rows: readonly T[], colors: Colors, cellsOf: (row: T) => string[]): string {
  if (rows.length === 0) return ''
  const shown = name === 'ways to fail' ? rows.slice(0, MOST_LINES) : rows.slice(-MOST_LINES)
  const left = rows.length - shown.length
  const head = left === 0 ? name : `${name} (${count(shown.length)} of ${count(rows.length)}; --json has all)`
  return `${colors.dim(head)}\n${plainTable([], shown.map(cellsOf), colors)}`
}
