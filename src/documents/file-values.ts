import { z } from 'zod'

const MOST_PATTERNS = 1000
const LONGEST_PATTERN = 1024

/** In files, null stands for the default, as a key that has nothing behind it does. */
export const orDefault = <T extends z.ZodType>(schema: T) => schema.nullish().transform((value) => value ?? undefined)

export const mappingRule = (keys: string): string => `must be a mapping of ${keys}`

const patternRule = `must be a glob of 1 to ${LONGEST_PATTERN} characters`
/** A glob over the names of tests. */
export const patternSchema = z.string(patternRule).min(1, patternRule).max(LONGEST_PATTERN, patternRule)

const listRule = (items: string): string => `must be a list of at most ${MOST_PATTERNS} ${items}`
export const listOf = <T extends z.ZodType>(schema: T, items: string) =>
  z.array(schema, listRule(items)).max(MOST_PATTERNS, listRule(items))

const rateRule = 'must be a number from 0 to 1'
const rate = orDefault(z.number(rateRule).min(0, rateRule).max(1, rateRule))

export const SEVERITY_KEYS = ['critical', 'high', 'medium', 'low'] as const

/** Failure rates from which on a commit or test has that severity; what is left out stays the default. */
export const thresholdsSchema = z.strictObject(
  { critical: rate, high: rate, medium: rate, low: rate },
  mappingRule('critical, high, medium and low'),
)
export type GivenThresholds = z.output<typeof thresholdsSchema>
