import { createColors } from 'picocolors'
import type { Colors } from 'picocolors/types.js'
import type { IsolationReport, VictimRate } from '../../contract/index.ts'
import { count, formatInterval, formatSpan, percent, plural } from '../../report/format.ts'
import { type CliContext, wantsColor } from '../context.ts'
import { safeLine } from '../terminal-safe.ts'

/** The answer of an isolation for people, with what to do next below it. */
export function renderIsolation(context: CliContext, report: IsolationReport): string {
  const colors = createColors(wantsColor(context, context.stdout))
  return [headline(report), '', ...answerLines(report, colors), ...nextLines(report)].join('\n')
}

/** `i-… completed: 110 runs, 14 questions in 1 m 21 s` */
function headline({ isolation, status, runs, questions, durationMs, repo }: IsolationReport): string {
  const asked = `${plural(runs, 'run')}, ${plural(questions.length, 'question')}`
  return `${isolation} ${status}: ${asked} in ${formatSpan(durationMs)} (${safeLine(repo)})`
}

function answerLines(report: IsolationReport, colors: Colors): string[] {
  const test = colors.yellow(safeLine(report.test))
  switch (report.answer) {
    case 'polluter':
      return [`${test} ${colors.red('fails')} after`, ...companions(report), ...rateLines(report)]
    case 'brittle':
      return [
        `${test} is ${colors.red('brittle')}: it fails alone and passes after`,
        ...companions(report),
        ...rateLines(report),
      ]
    case 'fails-alone':
      return [`${test} ${colors.red('fails alone')}, and no order is known in which it passes`, ...rateLines(report)]
    case 'not-order-dependent':
      return [
        `${test} does ${colors.green('not depend')} on what runs before it${shuffleText(report)}`,
        ...rateLines(report),
      ]
    case 'not-enough-evidence':
      return [colors.yellow(`not enough evidence: ${whyText(report)}`), ...smallestLines(report)]
    case null:
      return ['no answer yet']
  }
}

const shuffleText = ({ shuffles }: IsolationReport): string =>
  shuffles === 0 ? '' : `, nor in ${plural(shuffles, 'random order')}`

const companions = ({ before }: IsolationReport): string[] =>
  before.map(({ test, needed }) => `  ${safeLine(test)}${needed ? '' : ' (may not be needed)'}`)

function rateLines({ alone, together, before, confidence }: IsolationReport): string[] {
  const level = `${Number((confidence * 100).toFixed(2))} %`
  return [
    ...(alone === null ? [] : [`  ${'alone'.padEnd(13)}${rateText(alone, level)}`]),
    ...(together === null
      ? []
      : [`  ${(before.length > 0 ? 'after these' : 'after all').padEnd(13)}${rateText(together, level)}`]),
  ]
}

function rateText({ runs, failures, failureRate, interval }: VictimRate, level: string): string {
  if (failureRate === null || interval === null) return 'no run'
  return `${percent(failureRate)} ${formatInterval(interval)} (${level}): ${count(failures)} of ${plural(runs, 'run')} failed`
}

function whyText({ reason, test }: IsolationReport): string {
  switch (reason) {
    case 'budget':
      return 'the budget is used up; raise --max-runs or --max-duration under another --id'
    case 'alone_undecided':
      return 'alone it fails too often to pass and too seldom to fail'
    case 'order_undecided':
      return 'after all the others it fails too often to pass and too seldom to fail'
    case 'rates_alike':
      return 'what difference the tests before it make may be chance'
    case 'victim_not_seen':
      return `no run gave a result of ${safeLine(test)}`
    default:
      return 'what the runs show contradicts itself'
  }
}

const SHOWN = 10

function smallestLines({ smallest }: IsolationReport): string[] {
  if (smallest === null) return []
  const more = smallest.tests > SHOWN ? [`  and ${count(smallest.tests - SHOWN)} more`] : []
  return [
    `so far it is among ${plural(smallest.tests, 'test')}:`,
    ...smallest.names.slice(0, SHOWN).map((name) => `  ${safeLine(name)}`),
    ...more,
  ]
}

function nextLines({ commands, example, sha, order }: IsolationReport): string[] {
  const left =
    order === null || order.leftOut === 0
      ? []
      : ['', `never run, as they cannot be named: ${plural(order.leftOut, 'test')}`]
  if (commands === null || sha === null) return left
  return [
    ...left,
    '',
    `At ${sha.slice(0, 12)}:`,
    `  ${safeLine(commands.alone)}`,
    ...(commands.together === null ? [] : [`  ${safeLine(commands.together)}`]),
    ...(example === null
      ? []
      : [`Output:   commit-suite logs ${example.run}`, `Replay:   ${safeLine(example.replay)}`]),
  ]
}
