import type { TestHistoryDocument } from '../../contract/http/tests.ts'
import { count, formatInterval, percent, plural } from '../../report/format.ts'

type RatePoint = Pick<TestHistoryDocument['days'][number], 'runs' | 'failed' | 'failureRate' | 'interval'>
export type HistoryCommit = TestHistoryDocument['commits'][number]
export type ChangePoint = TestHistoryDocument['changePoints'][number]

/** A rate within its bounds along an axis: all arrays are of one length. */
export interface Band {
  /** Seconds since 1970 of days, numbers from 0 of commits. */
  xs: number[]
  rates: number[]
  lows: number[]
  highs: number[]
}

const bandOf = (points: readonly RatePoint[], xs: number[]): Band => ({
  xs,
  rates: points.map(({ failureRate }) => failureRate),
  lows: points.map(({ interval }) => interval.low),
  highs: points.map(({ interval }) => interval.high),
})

const secondsOf = (day: string): number => Date.parse(`${day}T00:00:00Z`) / 1000

/** Over days; those without a run are left out. */
export const dayBand = (days: TestHistoryDocument['days']): Band =>
  bandOf(
    days,
    days.map(({ day }) => secondsOf(day)),
  )

/** Over commits, one step each, whatever lay between them. */
export const commitBand = (commits: readonly HistoryCommit[]): Band =>
  bandOf(
    commits,
    commits.map((_, index) => index),
  )

/** Where on the axis of commits the rate changed; commits that are not shown are left out. */
export function marksOf(commits: readonly HistoryCommit[], changes: readonly ChangePoint[]): number[] {
  const positions = new Map(commits.map(({ sha }, index) => [sha, index]))
  return changes.flatMap(({ sha }) => positions.get(sha) ?? [])
}

/** Ends of the scale that rates may have: small rates are better seen on a small one. */
const SCALES = [0.05, 0.1, 0.2, 0.5, 1] as const

/** The smallest scale on which the rates and most of their bounds have room. */
export function rateScale({ rates, highs }: Pick<Band, 'rates' | 'highs'>): number {
  const bounds = highs.toSorted((a, b) => a - b)
  const most = Math.max(0, ...rates, bounds[Math.floor((bounds.length - 1) * 0.9)] ?? 0)
  return SCALES.find((end) => end >= most) ?? 1
}

/** `12.5 % [0.5–48.2 %], 2 of 16 runs failed` */
export const pointWords = ({ runs, failed, failureRate, interval }: RatePoint): string =>
  `${percent(failureRate)} ${formatInterval(interval)}, ${count(failed)} of ${plural(runs, 'run')} failed`

/** `rose from 2.0 % to 60.0 %` */
export const changeWords = ({ direction, rateBefore, rateFrom }: ChangePoint): string =>
  `${direction === 'rise' ? 'rose' : 'fell'} from ${percent(rateBefore)} to ${percent(rateFrom)}`

type RateOfDay = Pick<TestHistoryDocument['days'][number], 'day' | 'failureRate'>

/**
 * A rate over days as the points of a line in a box of that size, whose height stands for the scale; undefined where
 * there is only one day.
 */
export function sparkline(days: readonly RateOfDay[], box: { width: number; height: number }): string | undefined {
  const [first, last] = [days[0], days.at(-1)]
  if (first === undefined || last === undefined || first === last) return undefined
  const rates = days.map(({ failureRate }) => failureRate)
  const scale = rateScale({ rates, highs: rates })
  const [from, to] = [secondsOf(first.day), secondsOf(last.day)]
  return days
    .map(({ day, failureRate }) => {
      const left = ((secondsOf(day) - from) / (to - from)) * box.width
      return `${left.toFixed(1)},${((1 - Math.min(1, failureRate / scale)) * box.height).toFixed(1)}`
    })
    .join(' ')
}
