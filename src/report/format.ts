import type { Interval, Verdict } from '../contract/index.ts'

const percentNumber = (share: number): string => (share * 100).toFixed(1)

/** A share as `12.3 %`. */
export const percent = (share: number): string => `${percentNumber(share)} %`

/** The rate with its two-sided interval, or the one-sided bound where no run failed. */
export function formatRate(verdict: Pick<Verdict, 'failureRate' | 'interval' | 'upperBound'>): string {
  const { failureRate, interval, upperBound } = verdict
  if (failureRate === null) return '–'
  if (upperBound !== undefined) return `< ${percent(upperBound.value)} (${formatLevel(upperBound.level)})`
  return interval === null ? percent(failureRate) : `${percent(failureRate)} ${formatInterval(interval)}`
}

/** `flaky 12.3 % [4.0–27.0 %]`, `stopped after 72: passing < 4.1 % (95 %)`, `inconclusive setup_failed`. */
export function verdictText(verdict: Verdict): string {
  const { verdict: name, reason, failureRate } = verdict
  const stop = stopText(verdict)
  const rate = failureRate === null ? (reason ?? '') : formatRate(verdict)
  return `${stop === '' ? '' : `${stop}: `}${name} ${rate}`.trimEnd()
}

/** `stopped after 72`: the number of runs that sufficed; empty where all that were asked for were made. */
export const stopText = ({ stoppedEarly, evidence }: Pick<Verdict, 'stoppedEarly' | 'evidence'>): string =>
  stoppedEarly && evidence !== undefined ? `stopped after ${count(evidence)}` : ''

/** `[15.0–33.0 %]` */
export function formatInterval(interval: Pick<Interval, 'low' | 'high'>): string {
  return `[${percentNumber(interval.low)}–${percentNumber(interval.high)} %]`
}

const formatLevel = (level: number): string => `${Number((level * 100).toFixed(2))} %`

/** `850 ms`, `12.3 s`, `4 m 05 s`, `2 h 03 m`. */
export function formatSpan(spanMs: number): string {
  if (spanMs < 1000) return `${Math.round(spanMs)} ms`
  if (spanMs < 59_950) return `${(spanMs / 1000).toFixed(1)} s`
  const seconds = Math.round(spanMs / 1000)
  const two = (value: number): string => String(value).padStart(2, '0')
  if (seconds < 3600) return `${Math.floor(seconds / 60)} m ${two(seconds % 60)} s`
  return `${Math.floor(seconds / 3600)} h ${two(Math.floor((seconds % 3600) / 60))} m`
}

const COUNT = new Intl.NumberFormat('en-US')
/** 12,345 */
export const count = (value: number): string => COUNT.format(value)

/** `1 run`, `2 runs`. */
export const plural = (value: number, noun: string): string => `${count(value)} ${noun}${value === 1 ? '' : 's'}`
