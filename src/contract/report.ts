import { z } from 'zod'
import { commandSchema } from './command.ts'
import { idSchema, shaSchema } from './ids.ts'
import { artifactRefSchema, outcomeSchema } from './result.ts'
import { suiteStatusSchema } from './suite.ts'
import { verdictSchema } from './verdict.ts'

/** One row of `results`: a run as `run --json` and the gateway show it. */
export const reportedRunSchema = z.object({
  id: z.string(),
  attempt: z.int(),
  seed: z.int(),
  outcome: outcomeSchema,
  reason: z.string().nullable(),
  exitCode: z.int().nullable(),
  signal: z.string().nullable(),
  durationMs: z.int(),
  tries: z.int(),
  node: z.string(),
  artifacts: z.array(artifactRefSchema),
  replay: z.string(),
})
export type ReportedRun = z.infer<typeof reportedRunSchema>

/** One commit of a report. `runs` counts the runs on record; `tests` is filled by per-test reports. */
export const reportedCommitSchema = z.object({
  refs: z.array(z.string()),
  sha: shaSchema,
  subject: z.string(),
  ...verdictSchema.shape,
  runs: z.int(),
  passed: z.int(),
  failed: z.int(),
  timedOut: z.int(),
  crashed: z.int(),
  errors: z.int(),
  cancelled: z.int(),
  results: z.array(reportedRunSchema).optional(),
})
export type ReportedCommit = z.infer<typeof reportedCommitSchema>

/** The document that `run --json` prints. */
export const suiteReportSchema = z.object({
  suite: idSchema,
  repo: z.string(),
  /** Null where none was asked for: each commit's template gives its own. */
  command: commandSchema.nullable(),
  status: suiteStatusSchema,
  /** Why a suite `failed`, in words; absent otherwise. */
  failure: z.string().optional(),
  startedAt: z.string(),
  durationMs: z.int(),
  seed: z.int().nullable(),
  commits: z.array(reportedCommitSchema),
})
export type SuiteReport = z.infer<typeof suiteReportSchema>
