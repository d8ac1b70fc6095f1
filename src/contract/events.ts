import { z } from 'zod'
import { event } from './event-shape.ts'
import { outcomeSchema } from './result.ts'
import { suiteStatusSchema } from './suite.ts'
import { verdictSchema } from './verdict.ts'

const commit = { sha: z.string() }
const run = { ...commit, run: z.string(), attempt: z.int(), seed: z.int() }

/** Every step of a suite, as readers with a cursor see it. `seq` rises by one per suite. */
export const suiteEventSchema = z.discriminatedUnion('type', [
  event('suite.started', {
    ...{ repo: z.string(), runs: z.int(), parallelism: z.int(), seed: z.int().nullable() },
    /** The evidence decides when a commit has enough runs, which are then a cap. */
    until: z.literal('verdict').optional(),
    /** With `until`: the level of the intervals. */
    confidence: z.number().optional(),
  }),
  event('commit.resolved', { ...commit, position: z.int(), refs: z.array(z.string()), subject: z.string() }),
  event('environment.step', {
    ...commit,
    step: z.enum(['provision', 'checkout', 'setup', 'ready', 'failed', 'released', 'kept', 'waiting', 'warning']),
    message: z.string(),
    cached: z.boolean().optional(),
    /** Of `provision`: the namespace of the runs, or what stands in for it, and whether it was there before. */
    namespace: z.string().optional(),
    existed: z.boolean().optional(),
    /** What the environment lacks without failing for it, as sentences; the message holds them too. */
    warnings: z.array(z.string()).optional(),
  }),
  event('run.started', { ...run, try: z.int(), node: z.string() }),
  /** The run cannot begin yet, for a reason outside of it: no room in the cluster, an image on its way. */
  event('run.waiting', { ...run, try: z.int(), reason: z.string() }),
  event('run.retried', {
    ...run,
    try: z.int(),
    fault: z.string(),
    message: z.string().optional(),
    /** Name of the artifact that holds what was known of the lost run. */
    forensics: z.string().optional(),
  }),
  event('run.finished', {
    ...run,
    outcome: outcomeSchema,
    reason: z.string().nullable(),
    exitCode: z.int().nullable(),
    durationMs: z.int(),
    tries: z.int(),
  }),
  event('commit.verdict', { ...commit, ...verdictSchema.shape }),
  event('suite.paused', {}),
  event('suite.resumed', {}),
  event('suite.finished', { status: suiteStatusSchema, failure: z.string().optional() }),
])
export type SuiteEvent = z.infer<typeof suiteEventSchema>
export type SuiteEventType = SuiteEvent['type']
export type SuiteEventData<T extends SuiteEventType> = Extract<SuiteEvent, { type: T }>['data']

/** An event before the store gives it its number: (suite, type, subject, ordinal) is written at most once. */
export type NewSuiteEvent = {
  [T in SuiteEventType]: {
    suite: string
    type: T
    /** The suite, commit or run that the event is about. */
    subject: string
    /** Given by the workflow: try, step, pause, extension or round number. */
    ordinal: number
    data: SuiteEventData<T>
  }
}[SuiteEventType]
