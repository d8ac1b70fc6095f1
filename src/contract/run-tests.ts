import { z } from 'zod'

/** Bounds of what is kept of the tests of one run; lengths in UTF-16 units. */
export const RUN_TESTS_LIMITS = {
  tests: 200_000,
  failures: 2_000,
  outsideTests: 100,
  messageLength: 500,
  /** A longer id is cut and told apart by a hash at its end. */
  idLength: 800,
} as const

const testIdSchema = z.string().min(1).max(RUN_TESTS_LIMITS.idLength)

/** A test that failed in a run. */
export const failedTestSchema = z.object({
  id: testIdSchema,
  /** 12 hex digits, the same for messages that differ in numbers, paths, times and the like only. */
  fingerprint: z.string().regex(/^[0-9a-f]{12}$/),
  message: z.string().max(RUN_TESTS_LIMITS.messageLength),
  /** Index in `order`; absent where the report does not tell it. */
  order: z.int().nonnegative().optional(),
})
export type FailedTest = z.infer<typeof failedTestSchema>

/**
 * A failure that is no test's: of a package that does not build, a class whose set-up failed, a file that cannot be
 * loaded. It appears only where it fails, so it has no rate.
 */
export const outsideFailureSchema = failedTestSchema.omit({ order: true })
export type OutsideFailure = z.infer<typeof outsideFailureSchema>

/**
 * What the reports of one run say of its tests. An id (`classname::name`, see cli.md) stands once in `ran` or
 * `skipped`: one that was run several times has failed if it failed once. A test that is in neither did not end in this
 * run: it is missing, and has not passed. Nothing of an unreadable report counts.
 */
export const runTestsSchema = z.object({
  /** Tests that passed or failed. */
  ran: z.array(testIdSchema).max(RUN_TESTS_LIMITS.tests),
  /** The first failures, each in `ran` too. */
  failed: z.array(failedTestSchema).max(RUN_TESTS_LIMITS.failures),
  /** Ids, in `ran` too, of the failures beyond those: they failed all the same. */
  failedBeyond: z.array(testIdSchema),
  skipped: z.array(testIdSchema),
  outsideTests: z.array(outsideFailureSchema).max(RUN_TESTS_LIMITS.outsideTests),
  /** Reports that could not be read, with the reason in words. */
  unreadable: z.array(z.object({ name: z.string(), why: z.string() })),
  /** Tests in the order in which they began, those that never ended included; [] where no report tells it. */
  order: z.array(testIdSchema),
})
export type RunTests = z.infer<typeof runTestsSchema>
