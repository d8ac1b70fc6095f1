import { z } from 'zod'

export const VERDICTS = ['passing', 'flaky', 'failing', 'inconclusive'] as const
export const verdictNameSchema = z.enum(VERDICTS)
export type VerdictName = z.infer<typeof verdictNameSchema>

export const severitySchema = z.enum(['critical', 'high', 'medium', 'low', 'none'])
export type Severity = z.infer<typeof severitySchema>

/** A two-sided interval for a failure rate; `level` is 1 − α. */
export const intervalSchema = z.object({
  method: z.enum(['clopper-pearson', 'always-valid']),
  level: z.number(),
  low: z.number(),
  high: z.number(),
})
export type Interval = z.infer<typeof intervalSchema>

/** One-sided upper bound 1 − α^(1/n), given only where no run failed. */
export const upperBoundSchema = z.object({ level: z.number(), value: z.number() })

/** The judgement of one commit. `failureRate` is null where no run gave a test result. */
export const verdictSchema = z.object({
  verdict: verdictNameSchema,
  reason: z.string().nullable(),
  failureRate: z.number().nullable(),
  interval: intervalSchema.nullable(),
  upperBound: upperBoundSchema.optional(),
  severity: severitySchema,
  stoppedEarly: z.boolean(),
  /**
   * Where the evidence decided when to stop, and while runs are still to come: the attempts below this one are all that
   * counts. Absent where all runs count, their number given by the suite.
   */
  evidence: z.int().optional(),
})
export type Verdict = z.infer<typeof verdictSchema>
