import { z } from 'zod'
import { idSchema, shaSchema } from '../ids.ts'
import { OVERLAPS, SWEEP_LIMITS, sweepChangeSchema, sweepRequestSchema } from '../sweep.ts'

/** What a firing's runs at a commit were for. */
export const SPENT_FOR = ['new commit', 'wide interval', 'known flake', 'proof'] as const
export type SpentFor = (typeof SPENT_FOR)[number]

export const spentSchema = z.object({
  sha: shaSchema,
  subject: z.string(),
  runs: z.int(),
  why: z.enum(SPENT_FOR),
})
export type Spent = z.infer<typeof spentSchema>

const FIRING_STATUSES = ['running', 'completed', 'failed', 'cancelled'] as const
export const firingStatusSchema = z.enum(FIRING_STATUSES)
export type FiringStatus = z.infer<typeof firingStatusSchema>

/** One firing of a sweep. */
export const firingSchema = z.object({
  at: z.string(),
  finishedAt: z.string().nullable(),
  /** Null until it has been planned, and where it never was. */
  suite: idSchema.nullable(),
  status: firingStatusSchema,
  /** Planned at all its commits together. */
  runs: z.int(),
  spent: z.array(spentSchema),
  /** Tests that are known to flake when it has ended, and those that it proved fixed. */
  flaky: z.int(),
  fixed: z.int(),
  failure: z.string().nullable(),
})
export type Firing = z.infer<typeof firingSchema>

const SWEPT_STATES = ['flaky', 'fixed', 'watched'] as const

/** A test that is known to flake, or was. */
export const sweptTestSchema = z.object({
  test: z.string(),
  /** `watched`: no failure after its last failing commit so far, but too few runs for a proof. */
  state: z.enum(SWEPT_STATES),
  /** In the sweep's own runs since the test is known to flake. */
  failureRate: z.number(),
  runs: z.int(),
  /** Of a fixed test, in words. */
  claim: z.string().nullable(),
  /** The last commit at which it failed. */
  lastFailed: shaSchema,
  /** Failure-free runs after that commit, and how many are a proof. */
  proofRuns: z.int(),
  proofNeeded: z.int(),
})
export type SweptTest = z.infer<typeof sweptTestSchema>

export const sweepSummarySchema = z.object({
  name: idSchema,
  repo: z.string(),
  cron: z.string(),
  timezone: z.string(),
  paused: z.boolean(),
  note: z.string().nullable(),
  overlap: z.enum(OVERLAPS),
  jitterMs: z.int(),
  catchupMs: z.int(),
  budget: z.object({ runs: z.int().nullable(), durationMs: z.int().nullable() }),
  /** At most five. */
  nextRuns: z.array(z.string()),
  lastSuite: idSchema.nullable(),
  lastFiredAt: z.string().nullable(),
})
export type SweepSummary = z.infer<typeof sweepSummarySchema>

export const sweepDocumentSchema = sweepSummarySchema.extend({
  /** As asked for, all defaults filled; by name only are secrets in it. */
  request: z.record(z.string(), z.unknown()),
  /** Newest first, at most 50. */
  firings: z.array(firingSchema),
  tests: z.array(sweptTestSchema),
})
export type SweepDocument = z.infer<typeof sweepDocumentSchema>

/** A sweep that was created, or is there already, as asked for. */
export const createdSweepSchema = sweepSummarySchema.extend({
  joined: z.boolean(),
  /** Processes that would take its firings at the moment. */
  workers: z.int(),
})
export type CreatedSweep = z.infer<typeof createdSweepSchema>

export const sweepListSchema = z.object({ sweeps: z.array(sweepSummarySchema) })
export const sweepParamsSchema = z.strictObject({ sweep: idSchema })

/** The options of `sweep create` in camelCase; what only a gateway may say is left out. */
export const createSweepBodySchema = sweepRequestSchema.omit({ network: true })
export const changeSweepBodySchema = sweepChangeSchema.refine(
  (change) => Object.keys(change).length > 0,
  'must name something to change',
)

const time = z.iso.datetime({ offset: true, message: 'must be a time of RFC 3339, such as 2026-11-01T00:00:00Z' })
/** The firings that there should have been between two times. */
export const backfillSchema = z
  .strictObject({ from: time, to: time })
  .refine(({ from, to }) => Date.parse(from) < Date.parse(to), { path: ['to'], message: 'must be after from' })
  .refine(({ from, to }) => Date.parse(to) - Date.parse(from) <= SWEEP_LIMITS.longestBackfillMs, {
    path: ['to'],
    message: 'must be at most 31 days after from',
  })
export type SweepBackfill = z.infer<typeof backfillSchema>
export const triggeredSweepSchema = z.object({ sweep: idSchema, firedAt: z.string() })
export const backfilledSweepSchema = z.object({ sweep: idSchema, from: z.string(), to: z.string() })
