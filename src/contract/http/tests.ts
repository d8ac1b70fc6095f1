import { z } from 'zod'
import { shaSchema } from '../ids.ts'
import { intervalSchema, upperBoundSchema } from '../verdict.ts'

/** A failure rate over runs of which each seed counts once; intervals are always-valid. */
const rate = {
  runs: z.int(),
  failed: z.int(),
  failureRate: z.number(),
  interval: intervalSchema,
  /** One-sided, where no run failed. */
  upperBound: upperBoundSchema.optional(),
}

/** In UTC, `2026-11-29`. */
const dayRateSchema = z.object({ day: z.string(), ...rate })

export const historyTestSchema = z.object({
  repo: z.string(),
  /** Its id; `(command) <text>` stands for a command whose runs leave no report. */
  test: z.string(),
  ...rate,
  /** Whether it both passed and failed at some commit. */
  flaky: z.boolean(),
  firstSeen: z.string(),
  lastSeen: z.string(),
  firstFailed: z.string().nullable(),
  lastFailed: z.string().nullable(),
  commits: z.int(),
  /** Ways in which it failed. */
  fingerprints: z.int(),
  /** Of the last 30 days, or of `days`, at most 366: those on which it ran, oldest first. */
  days: z.array(z.object({ day: z.string(), runs: z.int(), failed: z.int(), failureRate: z.number() })),
})
export type HistoryTest = z.infer<typeof historyTestSchema>

export const historyPageSchema = z.object({
  tests: z.array(historyTestSchema),
  /** Where to go on; null on the last page. */
  next: z.string().nullable(),
})
export type HistoryPage = z.infer<typeof historyPageSchema>

export const testHistorySchema = z.object({
  repo: z.string(),
  test: z.string(),
  ...rate,
  firstSeen: z.string(),
  lastSeen: z.string(),
  /** Oldest first, at most the 1,000 newest. */
  commits: z.array(z.object({ sha: shaSchema, subject: z.string(), committedAt: z.string(), ...rate })),
  days: z.array(dayRateSchema),
  /** The most frequent first. */
  fingerprints: z.array(
    z.object({
      fingerprint: z.string(),
      message: z.string(),
      failures: z.int(),
      firstSeen: z.string(),
      lastSeen: z.string(),
      /** The newest run that failed so; its suite may have been removed since. */
      run: z.string(),
    }),
  ),
  /** Commits at which the rate changed, in the order of `commits`. */
  changePoints: z.array(
    z.object({
      sha: shaSchema,
      /** That it changed at this commit and not at one near by. */
      probability: z.number(),
      rateBefore: z.number(),
      rateFrom: z.number(),
      direction: z.enum(['rise', 'fall']),
    }),
  ),
})
export type TestHistoryDocument = z.infer<typeof testHistorySchema>

export const MOST_DAYS = 3_650
const repo = z.string().min(1).max(4096)
/** Today and the days before it. */
const days = z.coerce.number<number | string>().int().min(1).max(MOST_DAYS).optional()

export const listHistoryQuerySchema = z.strictObject({
  repo: repo.optional(),
  flaky: z.enum(['1', '0']).optional(),
  sort: z.enum(['rate', 'recent', 'name']).default('rate'),
  /** Only tests that ran since. */
  days,
  cursor: z.string().min(1).max(8_192).optional(),
  limit: z.coerce.number<number | string>().int().min(1).max(1_000).default(100),
})

export const testHistoryQuerySchema = z.strictObject({
  repo,
  test: z.string().min(1).max(8_192),
  /** Only runs since. */
  days,
})
