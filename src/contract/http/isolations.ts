import { z } from 'zod'
import { idSchema } from '../ids.ts'
import { isolationStatusSchema, openIsolationSchema } from '../isolation.ts'
import { isolationAnswerSchema, isolationReportSchema } from '../isolation-report.ts'

/** The options of `isolate` in camelCase; with `run` what is left out is as its suite had it. */
export const startIsolationBodySchema = openIsolationSchema

/** An isolation that was started, or joined under its id. */
export const startedIsolationSchema = z.object({
  isolation: idSchema,
  status: isolationStatusSchema,
  joined: z.boolean(),
})

export const isolationSummarySchema = z.object({
  isolation: idSchema,
  repo: z.string(),
  test: z.string(),
  status: isolationStatusSchema,
  startedAt: z.string(),
  finishedAt: z.string().nullable(),
  answer: isolationAnswerSchema.nullable(),
  failure: z.string().nullable(),
})

/** The document of `isolate --json`, and what was asked for, all defaults filled. */
export const isolationDocumentSchema = isolationReportSchema.extend({
  /** By name only are secrets in it. */
  request: z.record(z.string(), z.unknown()),
  /** Number of the newest event on record. */
  lastEvent: z.int(),
})

export const isolationPageSchema = z.object({
  isolations: z.array(isolationSummarySchema),
  /** Where to go on; null on the last page. */
  next: z.string().nullable(),
})
export const steeredIsolationSchema = z.object({ isolation: idSchema, status: isolationStatusSchema })

export const listIsolationsQuerySchema = z.strictObject({
  repo: z.string().min(1).max(4096).optional(),
  /** One, or several with commas between them. */
  status: z
    .string()
    .transform((text) => text.split(','))
    .pipe(z.array(isolationStatusSchema).min(1).max(5))
    .optional(),
  cursor: z.string().min(1).max(200).optional(),
  limit: z.coerce.number<number | string>().int().min(1).max(1_000).default(50),
})

export const isolationParamsSchema = z.strictObject({ isolation: idSchema })
