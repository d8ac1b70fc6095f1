import type { Colors } from 'picocolors/types.js'
import stringWidth from 'string-width'
import { evidenceOf, shownCells } from '../../progress/counted.ts'
import { type Pace, paceOf } from '../../progress/pace.ts'
import { type CommitProgress, finishedOf, orderedCommits, type SuiteProgress } from '../../progress/state.ts'
import { count, formatInterval, formatSpan, percent, plural, verdictText } from '../../report/format.ts'
import { alwaysValid } from '../../stats/always-valid.ts'
import { safeLine } from '../terminal-safe.ts'
import { cutToWidth, fitToWidth } from '../text-format.ts'
import { bucketSize, legend, renderCells } from './cells.ts'
import { hindrances } from './hindrances.ts'

export interface Canvas {
  columns: number
  rows: number
  colors: Colors
  nowMs: number
}

const SHA_COLUMNS = 7
const FEWEST_CELLS = 8
/** Heading, commits that are left out, legend, and some rows of what stood there before. */
const ROWS_AROUND = 5
const MOST_HINDRANCES = 4

/** `12/100 runs · 3.1/s · 1 m 30 s left`, or `12 of at most 2,000 runs · 3.1/s` */
export function paceText({ finished, total, capped, runsPerSecond, leftMs }: Pace): string {
  const ofAll = capped && finished < total ? ` of at most ${count(total)}` : `/${count(total)}`
  const parts = [`${count(finished)}${ofAll} runs`]
  if (runsPerSecond !== null) parts.push(`${runsPerSecond.toFixed(1)}/s`)
  if (leftMs !== null && finished < total) parts.push(`${formatSpan(leftMs)} left`)
  return parts.join(' · ')
}

/** What to say of a commit: its verdict with interval, the rate so far with its own, or what its environment does. */
function stateText(commit: CommitProgress, level: number): string {
  const { verdict, tally, step } = commit
  if (verdict !== null) return verdictText(verdict)
  const { failures, runs } = evidenceOf(commit)
  if (runs > 0) {
    const interval = formatInterval(alwaysValid(failures, runs, level))
    return `${count(failures)}/${count(runs)} failed, ${percent(failures / runs)} ${interval}`
  }
  if (tally.errors > 0) return plural(tally.errors, 'error')
  if (finishedOf(tally) > 0) return `${plural(finishedOf(tally), 'run')} finished`
  return step === null ? 'waiting' : safeLine(step.message === '' ? step.name : `${step.name}: ${step.message}`)
}

interface Layout {
  subject: number
  cells: number
  text: number
}

/** Shares the width out: signs first, then the text, the subject only where there is room. */
function layOut(columns: number, runs: number, subjects: number): Layout {
  const free = columns - SHA_COLUMNS
  const text = free >= 90 ? 48 : free >= 60 ? 38 : free >= 34 ? 20 : 0
  const rest = free - (text === 0 ? 0 : text + 2)
  const subject = rest >= 40 ? Math.min(subjects, 40, Math.floor(rest * 0.4)) : 0
  const cells = Math.max(FEWEST_CELLS, rest - (subject === 0 ? 0 : subject + 2) - 2)
  return { subject, cells: Math.min(cells, Math.max(1, runs)), text }
}

function renderRow(commit: CommitProgress, state: SuiteProgress, layout: Layout, { colors, columns }: Canvas): string {
  const cells = shownCells(state, commit)
  const size = bucketSize(cells.length, layout.cells)
  const used = Math.ceil(cells.length / size)
  const parts = [colors.yellow(commit.sha.slice(0, SHA_COLUMNS))]
  if (layout.subject > 0) parts.push(fitToWidth(safeLine(commit.subject), layout.subject))
  if (columns >= SHA_COLUMNS + 2 + used) {
    parts.push(renderCells(cells, size, colors) + ' '.repeat(Math.max(0, layout.cells - used)))
  }
  if (layout.text > 0) parts.push(cutToWidth(stateText(commit, state.level), layout.text))
  return parts.join('  ').trimEnd()
}

/** The commits to show where not all fit: those at work and their neighbours, the first to be unfinished on top. */
function visibleCommits(commits: CommitProgress[], room: number): CommitProgress[] {
  if (commits.length <= room) return commits
  const firstOpen = commits.findIndex(({ verdict }) => verdict === null)
  const from = Math.min(Math.max(0, (firstOpen < 0 ? commits.length : firstOpen) - 1), commits.length - room)
  return commits.slice(from, from + room)
}

/** What the signs mean and how many runs one stands for, as far as there is room. */
function footer(size: number, { columns, colors }: Canvas): string[] {
  const scale = size === 1 ? '' : `a sign stands for ${size} runs`
  const both = [legend(colors), scale].filter((part) => part !== '').join('  ')
  const shown = stringWidth(both) <= columns ? both : size === 1 ? '' : scale
  return shown === '' || stringWidth(shown) > columns ? [] : [shown]
}

/** The suite as a matrix of commits × seeds, no line wider and no picture taller than the terminal. */
export function renderMatrix(state: SuiteProgress, canvas: Canvas): string {
  const { columns, rows, colors, nowMs } = canvas
  const commits = orderedCommits(state)
  const hindered = hindrances(state).slice(0, Math.max(0, Math.min(MOST_HINDRANCES, rows - ROWS_AROUND - 1)))
  const shown = visibleCommits(commits, Math.max(1, rows - ROWS_AROUND - hindered.length))
  const runs = Math.max(0, ...shown.map((commit) => shownCells(state, commit).length))
  const subjects = Math.max(0, ...shown.map(({ subject }) => stringWidth(safeLine(subject))))
  const layout = layOut(columns, runs, subjects)
  const status = state.status === 'running' ? '' : ` ${state.status}`
  const lines = [colors.bold(cutToWidth(`${state.suite}${status}  ${paceText(paceOf(state, nowMs))}`, columns))]
  for (const commit of shown) lines.push(renderRow(commit, state, layout, canvas))
  const hidden = commits.length - shown.length
  if (hidden > 0) {
    const done = commits.filter(({ verdict }) => verdict !== null).length
    lines.push(cutToWidth(`… ${count(hidden)} more commits, ${count(done)} of ${count(commits.length)} done`, columns))
  }
  const size = bucketSize(runs, layout.cells)
  for (const line of hindered) lines.push(colors.yellow(cutToWidth(line, columns)))
  lines.push(...footer(size, canvas))
  return lines.join('\n')
}
