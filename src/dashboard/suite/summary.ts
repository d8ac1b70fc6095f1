import type { Pace } from '../../progress/pace.ts'
import { type CommitProgress, failuresOf, finishedOf, type SuiteProgress } from '../../progress/state.ts'
import { count, formatSpan, plural } from '../../report/format.ts'

/** `120 of 400 runs · 3.1 a second · 1 m 30 s left`. */
export function paceWords({ finished, total, capped, runsPerSecond, leftMs }: Pace): string[] {
  const most = capped && finished < total ? 'at most ' : ''
  const words = [`${count(finished)} of ${most}${plural(total, 'run')}`]
  if (finished >= total) return words
  if (runsPerSecond !== null) words.push(`${runsPerSecond.toFixed(1)} a second`)
  if (leftMs !== null) words.push(`${formatSpan(leftMs)} left`)
  return words
}

/** All of the matrix in a sentence or two. */
export function matrixSummary({ commits, finishedRuns }: SuiteProgress): string {
  const tallies = [...commits.values()].map(({ tally }) => tally)
  const failed = tallies.reduce((sum, tally) => sum + failuresOf(tally), 0)
  const passed = tallies.reduce((sum, tally) => sum + tally.passed, 0)
  const words = `${plural(commits.size, 'commit')}, ${plural(finishedRuns, 'run')} finished`
  return `Matrix of runs: ${words}, ${count(passed)} passed, ${count(failed)} failed.`
}

/** Outcomes of a commit's runs, those that are none left out: `12 failed, 3 errors`. */
export function tallyWords({ tally }: CommitProgress): string {
  const { failed, timedOut, crashed, errors, cancelled } = tally
  const parts: [number, string][] = [
    [failed, 'failed'],
    [timedOut, 'timed out'],
    [crashed, 'crashed'],
    [errors, errors === 1 ? 'error' : 'errors'],
    [cancelled, 'cancelled'],
  ]
  const words = parts.filter(([number]) => number > 0).map(([number, word]) => `${count(number)} ${word}`)
  return words.length === 0 && finishedOf(tally) > 0 ? 'none failed' : words.join(', ')
}
