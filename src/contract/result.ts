import { z } from 'zod'
import { runKeySchema, shaSchema } from './ids.ts'
import { seedSchema } from './suite.ts'

/** How a run ended. Only the first four enter a rate; `error` is infrastructure after retries. */
export const OUTCOMES = ['passed', 'failed', 'timed_out', 'crashed', 'error', 'cancelled'] as const
export const outcomeSchema = z.enum(OUTCOMES)
export type Outcome = z.infer<typeof outcomeSchema>

/** Something a run left behind, by reference: `name` is its path within the artifacts of the run. */
export const artifactRefSchema = z.object({ name: z.string(), sizeBytes: z.int().nonnegative() })
export type ArtifactRef = z.infer<typeof artifactRefSchema>

/** The one recorded result of a run. Durations in ms, times RFC 3339 in UTC. */
export const runResultSchema = runKeySchema.extend({
  seed: seedSchema,
  outcome: outcomeSchema,
  /** Why, in a stable word (`out_of_memory`, `command_not_found`, …), or null. */
  reason: z.string().nullable(),
  exitCode: z.int().nullable(),
  signal: z.string().nullable(),
  startedAt: z.string().nullable(),
  durationMs: z.int().nonnegative(),
  tries: z.int().min(1),
  node: z.string(),
  artifacts: z.array(artifactRefSchema),
})
export type RunResult = z.infer<typeof runResultSchema>

/** A commit of a suite in the order asked for; several refs of one sha share it. */
export const suiteCommitSchema = z.object({
  position: z.int().nonnegative(),
  sha: shaSchema,
  refs: z.array(z.string()),
  subject: z.string(),
  author: z.string(),
  committedAt: z.string(),
})
export type SuiteCommit = z.infer<typeof suiteCommitSchema>
