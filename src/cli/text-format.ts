import stringWidth from 'string-width'
import type { Interval, Verdict } from '../contract/index.ts'

const GRAPHEMES = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** Cuts text to a number of terminal columns, with an ellipsis where something is missing. */
export function cutToWidth(text: string, columns: number): string {
  if (stringWidth(text) <= columns) return text
  if (columns < 1) return ''
  let kept = ''
  let used = 0
  for (const { segment } of GRAPHEMES.segment(text)) {
    const width = stringWidth(segment)
    if (used + width > columns - 1) break
    kept += segment
    used += width
  }
  return `${kept}…`
}

/** Cuts or pads text to exactly that many columns. */
export function fitToWidth(text: string, columns: number): string {
  const cut = cutToWidth(text, columns)
  return cut + ' '.repeat(Math.max(0, columns - stringWidth(cut)))
}

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
