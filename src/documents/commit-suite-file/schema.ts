import { z } from 'zod'
import { listOf, orDefault, patternSchema, thresholdsSchema } from '../file-values.ts'

const LONGEST_REASON = 1000

const date = orDefault(z.iso.date('must be a date such as 2026-01-31'))
const reasonRule = `must be text of at most ${LONGEST_REASON} characters`

const entrySchema = z.strictObject(
  {
    test: patternSchema,
    /** For people. */
    reason: orDefault(z.string(reasonRule).max(LONGEST_REASON, reasonRule)),
    /** For people. */
    since: date,
    /** The last day, in UTC, on which it holds. */
    until: date,
  },
  'must be a glob or a mapping of test, reason, since and until',
)
export type QuarantineEntry = z.output<typeof entrySchema>
export const QUARANTINE_KEYS = Object.keys(entrySchema.shape)

/** A glob by itself is an entry without more. */
const entryOrGlob = z
  .unknown()
  .transform((value, context) => {
    if (typeof value !== 'string') return value
    const rule = patternSchema.safeParse(value).error?.issues[0]?.message
    if (rule !== undefined) context.addIssue({ code: 'custom', message: rule })
    return { test: value }
  })
  .pipe(entrySchema)

const listed = 'globs, or mappings of test, reason, since and until'

/** What `.commit-suite.yml` says of the tests of the commit that it lies in. */
export const testedKeysSchema = z.strictObject(
  {
    quarantine: orDefault(listOf(entryOrGlob, listed)),
    ignore: orDefault(listOf(patternSchema, 'globs')),
    severity: orDefault(thresholdsSchema),
  },
  'must be a mapping of keys to values',
)
export type TestedKeys = z.output<typeof testedKeysSchema>
export const TESTED_KEYS = Object.keys(testedKeysSchema.shape)
