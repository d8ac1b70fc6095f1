import { z } from 'zod'
import { idSchema } from '../ids.ts'
import { isolationSchema, LIMITS, seedSchema, suiteRequestSchema } from '../suite.ts'

/**
 * `request` of a suite's document: what was asked for, all defaults filled. Fields of newer gateways are left out, and so
 * is what serverless jobs alone have.
 */
export const recordedRequestSchema = suiteRequestSchema
  .omit({ id: true, runs: true, seed: true, seeds: true, parallelism: true, isolation: true, job: true })
  .extend({
    id: idSchema,
    isolation: isolationSchema,
    runs: z.int(),
    /** Of the draw; null where the seeds were given one by one. */
    seed: seedSchema.nullable(),
    parallelism: z.int().min(1).max(LIMITS.parallelism),
  })
  .strip()
