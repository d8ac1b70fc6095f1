import { createColors } from 'picocolors'
import type { Colors } from 'picocolors/types.js'
import { quoteValue, type SearchRate, type SearchReport } from '../../contract/index.ts'
import { count, formatInterval, formatSpan, percent, plural } from '../../report/format.ts'
import { type CliContext, wantsColor } from '../context.ts'
import { inWords } from '../progress/search-lines.ts'
import { safeLine } from '../terminal-safe.ts'

/** The answer of a search for people, with what to do next below it. */
export function renderSearch(context: CliContext, report: SearchReport): string {
  const colors = createColors(wantsColor(context, context.stdout))
  return [headline(report), '', ...answerLines(report, colors), ...skippedLines(report), ...nextLines(report)].join(
    '\n',
  )
}

/** `c-… completed: 70 runs in 9 rounds over 128 commits in 1 m 21 s` */
function headline({ search, status, runs, rounds, commits, durationMs, historyRuns, repo }: SearchReport): string {
  const history = historyRuns === 0 ? '' : ` and ${plural(historyRuns, 'earlier run')}`
  const made = `${plural(runs, 'run')}${history} in ${plural(rounds, 'round')} over ${plural(commits, 'commit')}`
  return `${search} ${status}: ${made} in ${formatSpan(durationMs)} (${safeLine(repo)})`
}

function answerLines(report: SearchReport, colors: Colors): string[] {
  const { answer, culprit, posterior, noneProbability } = report
  switch (answer) {
    case 'culprit':
      return culprit === null ? [] : culpritLines(report, culprit, colors)
    case 'no-increase':
      return [
        colors.green(`no increase of ${percent(report.minIncrease)} or more`) +
          (report.decrease === true ? ': the failure rate fell' : ''),
        ...rateLines(report, 'oldest', 'newest'),
      ]
    case 'not-enough-evidence':
      return [colors.yellow('not enough evidence'), ...suspectLines(posterior, noneProbability), ...neededLines(report)]
    case null:
      return posterior.length === 0
        ? ['nothing is known yet']
        : ['no answer yet', ...suspectLines(posterior, noneProbability)]
  }
}

function culpritLines(
  report: SearchReport,
  { sha, subject, probability }: NonNullable<SearchReport['culprit']>,
  colors: Colors,
): string[] {
  const { example } = report
  return [
    `${colors.red('culprit')} ${colors.yellow(sha)} (${percent(probability)})`,
    `  ${safeLine(subject)}`,
    ...rateLines(report, 'before', 'from it on'),
    '',
    `Look:     git show ${sha.slice(0, 12)}`,
    ...(example === null
      ? []
      : [`Output:   commit-suite logs ${example.run}`, `Replay:   ${safeLine(example.replay)}`]),
  ]
}

function rateLines({ rateBefore, rateFrom, confidence }: SearchReport, before: string, from: string): string[] {
  return [
    ...(rateBefore === null ? [] : [`  ${before.padEnd(11)}${rateText(rateBefore, confidence)}`]),
    ...(rateFrom === null ? [] : [`  ${from.padEnd(11)}${rateText(rateFrom, confidence)}`]),
  ]
}

function rateText({ runs, failures, failureRate, interval }: SearchRate, level: number): string {
  if (failureRate === null || interval === null) return 'no run'
  const sure = `${formatInterval(interval)} (${Number((level * 100).toFixed(2))} %)`
  return `${percent(failureRate)} ${sure}: ${count(failures)} of ${plural(runs, 'run')} failed`
}

const SHOWN = 5

const suspectLines = (posterior: SearchReport['posterior'], none: number): string[] => [
  ...posterior
    .slice(0, SHOWN)
    .map(
      ({ sha, subject, probability }) =>
        `  ${sha.slice(0, 12)} ${percent(probability).padStart(7)}  ${safeLine(subject)}`,
    ),
  `  ${'none'.padEnd(12)} ${percent(none).padStart(7)}`,
]

function neededLines({ runsNeeded = null, inseparable = [], test, skipped }: SearchReport): string[] {
  if (test !== undefined && skipped.length > 0 && skipped.every(({ reason }) => reason === 'test_missing')) {
    return [`no report of these commits names the test ${quoteValue(test)}; commit-suite show tells how reports do`]
  }
  if (inseparable.length > 0) {
    const named = inseparable.map(({ sha }) => sha.slice(0, 12)).join(', ')
    return [`one of ${named} it is: what would tell them apart cannot be tested`]
  }
  if (runsNeeded === null) return ['no further run would tell more']
  return [
    `about ${plural(runsNeeded, 'run')} more would be enough: raise --max-runs or --max-duration under another --id`,
  ]
}

const MOST_SKIPPED = 5

function skippedLines({ skipped }: SearchReport): string[] {
  if (skipped.length === 0) return []
  const named = skipped.slice(0, MOST_SKIPPED).map(({ sha, reason }) => `${sha.slice(0, 12)} (${safeLine(reason)})`)
  const more = skipped.length > MOST_SKIPPED ? ` and ${count(skipped.length - MOST_SKIPPED)} more` : ''
  return ['', `passed over: ${named.join(', ')}${more}`]
}

function nextLines({ answer, next }: SearchReport): string[] {
  const open = answer === null || answer === 'not-enough-evidence'
  return open && next.length > 0 ? ['', `next: ${inWords(next)}`] : []
}
