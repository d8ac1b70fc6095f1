import { z } from 'zod'
import { commandSchema } from './command.ts'
import { idSchema, shaSchema } from './ids.ts'
import { notificationSchema } from './notification.ts'
import { independenceSchema, outsideGroupSchema, reportedTestSchema } from './reported-test.ts'
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

/** One commit of a report. `runs` counts the runs on record, after early stopping those that count. */
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
  /** Those that failed first; absent where no run gave a report. */
  tests: z.array(reportedTestSchema).optional(),
  /** Of all tests, also of those that are not listed. */
  testCount: z.int().optional(),
  /** What failed and is no test. */
  outsideTests: z.array(outsideGroupSchema).optional(),
  /** Reports that could not be read, of how many runs, and why the first could not: of these runs tests are missing. */
  unreadableReports: z.object({ reports: z.int(), runs: z.int(), why: z.string() }).optional(),
  /** Absent where all runs were on one machine. */
  independence: independenceSchema.optional(),
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
  /** How often the suite was extended; absent where it never was. */
  extensions: z.int().optional(),
  /** What became of telling others of its end; absent where nobody was to be told. */
  notifications: z.array(notificationSchema).optional(),
  commits: z.array(reportedCommitSchema),
})
export type SuiteReport = z.infer<typeof suiteReportSchema>
