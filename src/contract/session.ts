import { z } from 'zod'
import { clusterRefSchema, executorNameSchema, sessionRefSchema } from './suite.ts'

/** Input of the workflow `Session`: makes the place of a session without a run, or looks whether it is there. */
export const sessionRequestSchema = z.strictObject({
  action: z.enum(['ensure', 'find']),
  session: sessionRefSchema,
  executor: executorNameSchema,
  cluster: clusterRefSchema.optional(),
  projectType: z.string().min(1).max(100),
})
export type SessionRequest = z.input<typeof sessionRequestSchema>
