import { z } from 'zod'
import { DEFAULT_CONFIDENCE } from './confidence.ts'
import { cronProblem } from './cron.ts'
import { idSchema } from './ids.ts'
import { badField, isolationOf } from './parse-request.ts'
import { DEFAULT_MAX_FLAKE_RATE, type Isolation, suiteRequestSchema } from './suite.ts'

const HOUR_MS = 3_600_000
export const SWEEP_LIMITS = {
  /** Of a firing: its seeds stand in the histories of its workflows. */
  runs: 50_000,
  shortestBudgetMs: 10_000,
  longestBudgetMs: 7 * 24 * HOUR_MS,
  longestJitterMs: 24 * HOUR_MS,
  /** Temporal takes no less. */
  shortestCatchupMs: 10_000,
  longestCatchupMs: 365 * 24 * HOUR_MS,
  longestBackfillMs: 31 * 24 * HOUR_MS,
  longestNote: 500,
} as const
const DEFAULT_CATCHUP_MS = 24 * HOUR_MS
/** Behind whatever people wait for. */
const SWEEP_PRIORITY = 4

/** What becomes of a firing while the one before is still under way. */
export const OVERLAPS = ['skip', 'buffer-one', 'allow', 'cancel'] as const
export type Overlap = (typeof OVERLAPS)[number]

const cronSchema = z
  .string()
  .min(1)
  .max(200)
  .superRefine((text, context) => {
    const message = cronProblem(text)
    if (message !== undefined) context.addIssue({ code: 'custom', message })
  })

/** Offsets such as `+02:00` are none: they know no summer time, and Temporal takes names only. */
const timezoneSchema = z
  .string()
  .max(100)
  .refine(
    (name) => /^[A-Za-z]/.test(name) && isTimezone(name),
    'must be an IANA time zone such as Europe/Berlin, or UTC',
  )

function isTimezone(timeZone: string): boolean {
  try {
    return Intl.DateTimeFormat('en', { timeZone }) !== undefined
  } catch {
    return false
  }
}

/**
 * What a caller asks for: when a sweep fires, what it may spend, and the options of its suites in camelCase. It is also
 * the input of the workflow `Sweep`, so everything but name, repository and times has a default.
 */
export const sweepRequestSchema = suiteRequestSchema
  .omit({ id: true, seeds: true, attemptBase: true, session: true, job: true, partOf: true })
  .extend({
    /** Its id in commands, URLs and the schedule `sweep/<name>`. */
    name: idSchema,
    cron: cronSchema,
    timezone: timezoneSchema.default('UTC'),
    overlap: z.enum(OVERLAPS).default('skip'),
    /** Each firing is late by a random time up to this. */
    jitterMs: z.int().min(0).max(SWEEP_LIMITS.longestJitterMs).default(0),
    /** A firing that was missed is made up for within this time. */
    catchupMs: z
      .int()
      .min(SWEEP_LIMITS.shortestCatchupMs)
      .max(SWEEP_LIMITS.longestCatchupMs)
      .default(DEFAULT_CATCHUP_MS),
    /** Runs of a firing, at all its commits together. */
    budgetRuns: z.int().min(1).max(SWEEP_LIMITS.runs).optional(),
    /** Time of a firing, from its start to its end. */
    budgetMs: z.int().min(SWEEP_LIMITS.shortestBudgetMs).max(SWEEP_LIMITS.longestBudgetMs).optional(),
    /** Left out, it is HEAD; with a budget the newest commits up to it, where the next runs tell most. */
    commits: suiteRequestSchema.shape.commits.unwrap().optional(),
    runs: z.int().min(1).max(SWEEP_LIMITS.runs).optional(),
    priority: suiteRequestSchema.shape.priority.unwrap().default(SWEEP_PRIORITY),
  })
export type SweepRequest = z.input<typeof sweepRequestSchema>
type ParsedSweep = z.output<typeof sweepRequestSchema>

/** A request that holds together. */
export type SoundSweep = ParsedSweep & { isolation: Isolation }

/** A sweep as its schedule has it. */
export interface ScheduledSweep {
  request: SoundSweep
  /** Its firings are on record under this: a later sweep of the same name has another one. */
  instance: string
  paused: boolean
  note: string | null
  /** At most five, RFC 3339. */
  nextRuns: string[]
}

/** What of a sweep can be changed; null takes a budget away. */
export const sweepChangeSchema = z
  .strictObject({
    cron: cronSchema,
    timezone: timezoneSchema,
    overlap: sweepRequestSchema.shape.overlap.unwrap(),
    jitterMs: sweepRequestSchema.shape.jitterMs.unwrap(),
    catchupMs: sweepRequestSchema.shape.catchupMs.unwrap(),
    budgetRuns: sweepRequestSchema.shape.budgetRuns.unwrap().nullable(),
    budgetMs: sweepRequestSchema.shape.budgetMs.unwrap().nullable(),
    paused: z.boolean(),
    /** Why it is paused, or goes on. */
    note: z.string().max(SWEEP_LIMITS.longestNote),
  })
  .partial()
export type SweepChange = z.infer<typeof sweepChangeSchema>

/**
 * Parses what a caller asked for, whoever it was.
 *
 * @throws CommitSuiteError `invalid_input` naming field, value and rule of the first thing that is wrong
 */
export function parseSweepRequest(input: unknown): SoundSweep {
  const parsed = sweepRequestSchema.safeParse(input)
  if (!parsed.success) throw badField(input, parsed.error)
  return { ...parsed.data, isolation: isolationOf(parsed.data) }
}

/** The largest failure rate and the confidence with which a flake counts as fixed. */
export const proofOf = ({ maxFlakeRate, confidence }: Pick<SoundSweep, 'maxFlakeRate' | 'confidence'>) => ({
  maxRate: maxFlakeRate ?? DEFAULT_MAX_FLAKE_RATE,
  confidence: confidence ?? DEFAULT_CONFIDENCE,
})
