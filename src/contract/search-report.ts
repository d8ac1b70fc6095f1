import { z } from 'zod'
import { commandSchema } from './command.ts'
import { idSchema, shaSchema } from './ids.ts'
import { searchStatusSchema } from './search.ts'
import { intervalSchema } from './verdict.ts'

/** How a search may end. */
export const searchAnswerSchema = z.enum(['culprit', 'no-increase', 'not-enough-evidence'])
export type SearchAnswer = z.infer<typeof searchAnswerSchema>

/** A commit with the probability that the failure rate rises there. */
export const suspectSchema = z.object({ sha: shaSchema, subject: z.string(), probability: z.number() })
export type Suspect = z.infer<typeof suspectSchema>

/** Failures among all runs of some commits that count, earlier suites' included; the rate is null without a run. */
export const searchRateSchema = z.object({
  runs: z.int(),
  failures: z.int(),
  failureRate: z.number().nullable(),
  interval: intervalSchema.nullable(),
})
export type SearchRate = z.infer<typeof searchRateSchema>

/** Runs of a commit that a round makes. */
export const plannedBatchSchema = z.object({ sha: shaSchema, subject: z.string(), runs: z.int() })
export type PlannedBatch = z.infer<typeof plannedBatchSchema>

/** A commit that is left out for good: it says nothing of the culprit. */
const skippedCommitSchema = z.object({ sha: shaSchema, reason: z.string() })

/** The document that `bisect --json` prints. */
export const searchReportSchema = z.object({
  search: idSchema,
  repo: z.string(),
  command: commandSchema.nullable(),
  test: z.string().optional(),
  status: searchStatusSchema,
  /** Why a search `failed`, in words; absent otherwise. */
  failure: z.string().optional(),
  startedAt: z.string(),
  durationMs: z.int(),
  seed: z.int(),
  confidence: z.number(),
  minIncrease: z.number(),
  /** Null until there is one. */
  answer: searchAnswerSchema.nullable(),
  culprit: suspectSchema.nullable(),
  /** Of `no-increase`: the rate fell. */
  decrease: z.literal(true).optional(),
  /** Of `not-enough-evidence`: about so many runs more; null where none would help. */
  runsNeeded: z.int().nullable().optional(),
  /** Of `not-enough-evidence`: one of these is the culprit, and those between them cannot be tested. */
  inseparable: z.array(z.object({ sha: shaSchema, subject: z.string() })).optional(),
  /** At commits before the culprit, or before the likeliest commit as long as there is none. */
  rateBefore: searchRateSchema.nullable(),
  /** At commits from it on. */
  rateFrom: searchRateSchema.nullable(),
  /** A failing run from the culprit on, to look at; null where there is none. */
  example: z.object({ run: z.string(), replay: z.string() }).nullable(),
  /** Of the range, the commit before it included. */
  commits: z.int(),
  /** Made by this search, those without a result included. */
  runs: z.int(),
  rounds: z.int(),
  /** Of earlier suites, as evidence. */
  historyRuns: z.int(),
  skipped: z.array(skippedCommitSchema),
  /** That the rate rises nowhere. */
  noneProbability: z.number(),
  /** The likeliest first, at most 100, none below 1 in 10,000. */
  posterior: z.array(suspectSchema),
  /** What runs next, or would with a larger budget. */
  next: z.array(plannedBatchSchema),
})
export type SearchReport = z.infer<typeof searchReportSchema>

/** Of the report, what is decided after each round. */
export const searchStandingSchema = searchReportSchema.pick({
  answer: true,
  culprit: true,
  decrease: true,
  runsNeeded: true,
  inseparable: true,
  rateBefore: true,
  rateFrom: true,
  example: true,
  runs: true,
  rounds: true,
  skipped: true,
  noneProbability: true,
  posterior: true,
  next: true,
})
export type SearchStanding = z.infer<typeof searchStandingSchema>
