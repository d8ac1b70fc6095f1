import { z } from 'zod'
import { intervalSchema, severitySchema, upperBoundSchema, verdictNameSchema } from './verdict.ts'

/** Failures of a test whose normalised messages are the same. */
export const failureGroupSchema = z.object({
  fingerprint: z.string(),
  /** Of one of them, cut. */
  message: z.string(),
  runs: z.int(),
  /** Id of the first run that failed so. */
  example: z.string(),
})
export type FailureGroup = z.infer<typeof failureGroupSchema>

/** Failures of something that is no test: a package that does not build, a class whose set-up failed. */
export const outsideGroupSchema = failureGroupSchema.extend({ name: z.string() })
export type OutsideGroup = z.infer<typeof outsideGroupSchema>

/**
 * A test of a commit. `runs` are those in which it passed or failed: where it vanished from a run it is `missing`, and
 * neither that nor a skip enters the rate.
 */
export const reportedTestSchema = z.object({
  id: z.string(),
  runs: z.int(),
  failed: z.int(),
  missing: z.int(),
  skipped: z.int(),
  failureRate: z.number().nullable(),
  interval: intervalSchema.nullable(),
  upperBound: upperBoundSchema.optional(),
  verdict: verdictNameSchema,
  reason: z.string().nullable(),
  severity: severitySchema,
  /** Run, and no failure of the commit. */
  ignored: z.literal(true).optional(),
  /** Run and reported, and no failure of the commit. */
  quarantined: z.literal(true).optional(),
  /** Proven stable for long enough to leave the quarantine. */
  mayLeaveQuarantine: z.literal(true).optional(),
  /** The most frequent first, 20 at most; of a run that fails in thousands of tests not each has its message kept. */
  failures: z.array(failureGroupSchema),
})
export type ReportedTest = z.infer<typeof reportedTestSchema>

/** Whether the runs of a commit depend on the machine they were on. */
export const independenceSchema = z.object({
  machines: z.int(),
  runs: z.int(),
  /** Why these runs cannot say whether machines matter; null where they can. */
  untestable: z.enum(['one_machine', 'one_run_per_machine', 'no_failure', 'no_pass']).nullable(),
  /** Correlation of runs on one machine; null where untestable. */
  rho: z.number().nullable(),
  /** Of the test for more difference between machines than chance makes; null where untestable. */
  pValue: z.number().nullable(),
  /** How many independent runs these are worth. */
  effectiveRuns: z.number(),
  /** True where runs are clustered: then `interval` is wider than that of independent runs. */
  clustered: z.boolean(),
  interval: intervalSchema,
})
export type Independence = z.infer<typeof independenceSchema>
