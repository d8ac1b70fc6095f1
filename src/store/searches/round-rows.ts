import { z } from 'zod'
import { idSchema, seedSchema, shaSchema } from '../../contract/index.ts'

const plannedRunsSchema = z.object({
  position: z.int(),
  sha: shaSchema,
  /** Id of the suite that makes them. */
  suite: idSchema,
  seeds: z.array(seedSchema),
})
/** Runs of one commit that a round makes. */
export type PlannedRuns = z.infer<typeof plannedRunsSchema>

const roundOutcomeSchema = z.object({
  position: z.int(),
  suite: idSchema,
  /** Runs that count, and those of them that failed. */
  runs: z.int(),
  failures: z.int(),
  /** Runs that were asked for. */
  asked: z.int(),
  /** Of those that count, on average; null where none does. */
  runMs: z.number().nullable(),
  /** What the preparation of the commit took; null where it was prepared before. */
  prepareMs: z.number().nullable(),
  /** Why none counts; null where some do. */
  reason: z.string().nullable(),
  /** Of these that none counts: by the commit's own doing, or by that of what runs it. */
  blame: z.enum(['commit', 'infrastructure']).nullable(),
})
/** What came of them. */
export type RoundOutcome = z.infer<typeof roundOutcomeSchema>

const plannedSchema = z.array(plannedRunsSchema)
const outcomesSchema = z.array(roundOutcomeSchema)

export const batchesOf = (text: string): PlannedRuns[] => plannedSchema.parse(JSON.parse(text))
export const outcomesOf = (text: string | null): RoundOutcome[] | null =>
  text === null ? null : outcomesSchema.parse(JSON.parse(text))
