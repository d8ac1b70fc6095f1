import { type ErrorCode, invalidInput } from './errors.ts'

const UNITS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const
type Unit = keyof typeof UNITS
const isUnit = (text: string): text is Unit => Object.hasOwn(UNITS, text)

const DURATION = /^(\d{1,12}(?:\.\d{1,6})?)\s*([a-z]{1,2})$/

/**
 * Milliseconds of a duration such as `500ms`, `90s`, `5m`, `1.5h` or `2d`, rounded to whole ones.
 * Throws `invalid_input`, or the code given, naming `field` for anything else; a number without a unit is refused as ambiguous.
 */
export function parseDuration(text: string, field: string, code: ErrorCode = 'invalid_input'): number {
  const [, amount, unit] = DURATION.exec(text.trim()) ?? []
  if (amount === undefined || unit === undefined || !isUnit(unit)) {
    throw invalidInput(field, text, 'must be a number with a unit: 500ms, 90s, 5m, 1h or 1d', undefined, code)
  }
  return Math.round(Number(amount) * UNITS[unit])
}

/** The shortest exact form that `parseDuration` reads back: 90000 is `90s`, 300000 is `5m`. */
export function formatDuration(ms: number): string {
  const units: Unit[] = ['d', 'h', 'm', 's']
  const unit = ms === 0 ? 's' : (units.find((candidate) => ms % UNITS[candidate] === 0) ?? 'ms')
  return `${ms / UNITS[unit]}${unit}`
}
