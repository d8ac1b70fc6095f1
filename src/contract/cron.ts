const SHORTHANDS = ['@yearly', '@annually', '@monthly', '@weekly', '@daily', '@midnight', '@hourly']
const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC']
const DAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT']

interface Field {
  name: string
  least: number
  most: number
  /** Words for the numbers from `least` on. */
  words?: readonly string[]
}

const FIELDS: readonly Field[] = [
  { name: 'minute', least: 0, most: 59 },
  { name: 'hour', least: 0, most: 23 },
  { name: 'day of the month', least: 1, most: 31 },
  { name: 'month', least: 1, most: 12, words: MONTHS },
  { name: 'day of the week', least: 0, most: 7, words: DAYS },
]

/**
 * What is wrong with a cron expression; undefined where it is one: five fields (minute, hour, day of the month, month,
 * day of the week) of numbers, names, `*`, ranges, steps and lists, or a shorthand such as `@daily`. Temporal takes
 * more forms, which are refused here: seconds, years, intervals, and a time zone, which has an option of its own.
 */
export function cronProblem(text: string): string | undefined {
  if (text.startsWith('@')) {
    return SHORTHANDS.includes(text) ? undefined : `a shorthand is one of ${SHORTHANDS.join(', ')}`
  }
  const parts = text.trim().split(/\s+/)
  if (parts.length !== FIELDS.length) {
    return 'must be five fields, minute hour day month weekday, such as "0 2 * * *", or a shorthand such as @daily'
  }
  return parts.map((part, at) => problemOf(part, at)).find((problem) => problem !== undefined)
}

function problemOf(text: string, at: number): string | undefined {
  const field = FIELDS[at]
  if (field === undefined || text.split(',').every((item) => isItem(item, field))) return undefined
  const { name, least, most, words } = field
  const named = words === undefined ? '' : `, or ${words[0]} to ${words.at(-1)}`
  return `"${text}" is no ${name}: numbers from ${least} to ${most}${named}, with * - / and commas`
}

/** `*`, `5`, `1-5`, each perhaps with a step: a star with `/15`, `10-50/20`, `5/10`. */
function isItem(item: string, field: Field): boolean {
  const [, range = '', step] = /^([^/]+)(?:\/(\d{1,2}))?$/.exec(item) ?? []
  if (range === '' || step === '0' || step === '00') return false
  if (range === '*') return true
  const [from, to, ...more] = range.split('-').map((end) => numberOf(end, field))
  if (from === undefined || more.length > 0) return false
  return !range.includes('-') || (to !== undefined && from <= to)
}

function numberOf(text: string, { least, most, words = [] }: Field): number | undefined {
  const word = words.indexOf(text.toUpperCase())
  const value = word >= 0 ? least + word : /^\d{1,2}$/.test(text) ? Number(text) : Number.NaN
  return value >= least && value <= most ? value : undefined
}
