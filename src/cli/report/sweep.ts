import { createColors } from 'picocolors'
import type { Firing, SweepDocument, SweepSummary, SweptTest } from '../../contract/http/sweeps.ts'
import { formatDuration } from '../../contract/index.ts'
import { count, percent } from '../../report/format.ts'
import { type CliContext, wantsColor } from '../context.ts'
import { safeLine } from '../terminal-safe.ts'
import { plainTable } from './table.ts'

const colorsOf = (context: CliContext) => createColors(wantsColor(context, context.stdout))

const standing = ({ paused, note }: SweepSummary): string =>
  paused ? `paused${note === null ? '' : `: ${safeLine(note)}`}` : 'active'

/** A line per sweep. */
export function sweepTable(context: CliContext, sweeps: readonly SweepSummary[]): string {
  const head = ['sweep', 'cron', 'time zone', 'next', 'last suite', 'state', 'repository']
  const rows = sweeps.map((sweep) => [
    ...[sweep.name, sweep.cron, sweep.timezone, sweep.nextRuns[0] ?? '–', sweep.lastSuite ?? '–'],
    ...[standing(sweep), safeLine(sweep.repo)],
  ])
  return plainTable(head, rows, colorsOf(context))
}

const SHOWN_FIRINGS = 10

/** All that is known of a sweep. */
export function sweepLines(context: CliContext, sweep: SweepDocument): string[] {
  const { name, repo, cron, timezone, overlap, jitterMs, catchupMs, nextRuns, firings, tests } = sweep
  const times = [`overlap ${overlap}`, `jitter ${formatDuration(jitterMs)}`, `catch-up ${formatDuration(catchupMs)}`]
  return [
    `${name}: ${cron} ${timezone}, ${standing(sweep)}`,
    `repository: ${safeLine(repo)}`,
    `budget: ${budgetText(sweep)}; ${times.join(', ')}`,
    `next: ${nextRuns.join(', ') || 'never'}`,
    ...(firings.length === 0 ? ['it has not fired yet'] : ['', firingTable(context, firings.slice(0, SHOWN_FIRINGS))]),
    ...(tests.length === 0 ? [] : ['', testTable(context, tests)]),
  ]
}

function budgetText({ budget: { runs, durationMs } }: SweepSummary): string {
  const parts = [
    ...(runs === null ? [] : [`${count(runs)} runs`]),
    ...(durationMs === null ? [] : [formatDuration(durationMs)]),
  ]
  return parts.length === 0 ? 'none' : `${parts.join(', ')} a firing`
}

function firingTable(context: CliContext, firings: readonly Firing[]): string {
  const head = ['fired', 'suite', 'status', 'runs', 'flaky', 'fixed', 'spent on']
  const rows = firings.map(({ at, suite, status, runs, flaky, fixed, failure, spent }) => [
    ...[at, suite ?? '–', status, count(runs), count(flaky), count(fixed)],
    failure === null ? spentText(spent) : safeLine(failure),
  ])
  return plainTable(head, rows, colorsOf(context))
}

/** `20 at 0123456789ab (new commit)`; long lists by their purposes only. */
function spentText(spent: Firing['spent']): string {
  if (spent.length <= 2) {
    return spent.map(({ sha, runs, why }) => `${count(runs)} at ${sha.slice(0, 12)} (${why})`).join(', ')
  }
  const commits = new Map<string, number>()
  for (const { why } of spent) commits.set(why, (commits.get(why) ?? 0) + 1)
  return [...commits].map(([why, number]) => `${why}: ${number} commits`).join(', ')
}

function testTable(context: CliContext, tests: readonly SweptTest[]): string {
  const head = ['test', 'state', 'failures/runs', 'proof']
  const rows = tests.map(({ test, state, failureRate, runs, claim, proofRuns, proofNeeded }) => [
    ...[safeLine(test), state, `${percent(failureRate)} of ${count(runs)}`],
    claim ?? (proofRuns === 0 ? '' : `${count(proofRuns)} of ${count(proofNeeded)} runs without a failure`),
  ])
  return plainTable(head, rows, colorsOf(context))
}
