import { z } from 'zod'
import { commandSchema } from '../command.ts'
import { suiteEventSchema } from '../events.ts'
import { extensionRequestSchema } from '../extension.ts'
import { idSchema, shaSchema } from '../ids.ts'
import { reportedCommitSchema, reportedRunSchema, suiteReportSchema } from '../report.ts'
import { reportedTestSchema } from '../reported-test.ts'
import { outcomeSchema } from '../result.ts'
import { seedSchema, suiteRequestSchema, suiteStatusSchema } from '../suite.ts'

/** The options of `run` in camelCase; what only a gateway or a replay may say is left out. */
export const startSuiteBodySchema = suiteRequestSchema.omit({
  network: true,
  job: true,
  session: true,
  attemptBase: true,
  partOf: true,
})

/** A suite that was started, or joined under its id. */
export const startedSuiteSchema = z.object({ suite: idSchema, status: suiteStatusSchema, joined: z.boolean() })

export const suiteSummarySchema = z.object({
  suite: idSchema,
  repo: z.string(),
  status: suiteStatusSchema,
  startedAt: z.string(),
  finishedAt: z.string().nullable(),
  runs: z.int(),
  command: commandSchema.nullable(),
  failure: z.string().nullable(),
})
export type SuiteSummary = z.infer<typeof suiteSummarySchema>

/**
 * The document of `show --json` without single runs, and what was asked for, all defaults filled. Where `testCount` says
 * that a commit has more tests than are listed, the suite's list of tests has them all.
 */
export const suiteDocumentSchema = suiteReportSchema.extend({
  commits: z.array(reportedCommitSchema.omit({ results: true })),
  /** By name only are secrets in it. */
  request: z.record(z.string(), z.unknown()),
  /** Number of the newest event on record, as those that follow the events know where they stand. */
  lastEvent: z.int(),
})

/** What a run is made of, whether it has ended or not: enough to make it again. */
export const runDefinitionSchema = z.object({
  run: z.string(),
  suite: idSchema,
  sha: shaSchema,
  subject: z.string(),
  attempt: z.int(),
  generation: z.int(),
  seed: seedSchema,
  /** Null while it has no result. */
  outcome: outcomeSchema.nullable(),
  reason: z.string().nullable(),
  /** Of its suite. */
  request: z.record(z.string(), z.unknown()),
})

/** A run as reports show it, with where it belongs. */
export const runDocumentSchema = reportedRunSchema.extend({
  suite: idSchema,
  sha: shaSchema,
  generation: z.int(),
  startedAt: z.string().nullable(),
})
export type RunDocument = z.infer<typeof runDocumentSchema>

/** The steps of a run's environment and of the run itself, as the events of its suite. */
export const runStepsSchema = z.object({ run: z.string(), steps: z.array(suiteEventSchema) })

const testOfRunSchema = z.object({
  id: z.string(),
  outcome: z.enum(['failed', 'passed', 'skipped']),
  /** Of one that failed; of very many failures not each is kept. */
  fingerprint: z.string().nullable(),
  message: z.string().nullable(),
})
/** What the reports of one run say; at most 1,000 tests, those that failed first. */
export const runTestListSchema = z.object({
  run: z.string(),
  /** False where the run left no report that could be read, or has not ended. */
  reported: z.boolean(),
  failed: z.int(),
  passed: z.int(),
  skipped: z.int(),
  tests: z.array(testOfRunSchema),
  /** What failed and is no test. */
  outsideTests: z.array(z.object({ name: z.string(), fingerprint: z.string(), message: z.string() })),
})

/** Where to go on; null on the last page. */
const next = z.string().nullable()
export const suitePageSchema = z.object({ suites: z.array(suiteSummarySchema), next })
export const runPageSchema = z.object({ runs: z.array(runDocumentSchema), next })
/** A test as reports show it, with its commit. */
const testDocumentSchema = reportedTestSchema.extend({ sha: shaSchema })
export const testPageSchema = z.object({ tests: z.array(testDocumentSchema), next })
export type TestPage = z.infer<typeof testPageSchema>

export const steeredSuiteSchema = z.object({ suite: idSchema, status: suiteStatusSchema })

const MOST_PER_PAGE = 1_000
const limit = z.coerce.number<number | string>().int().min(1).max(MOST_PER_PAGE)
const cursor = z.string().min(1).max(200)

export const listSuitesQuerySchema = z.strictObject({
  repo: z.string().min(1).max(4096).optional(),
  /** One, or several with commas between them. */
  status: z
    .string()
    .transform((text) => text.split(','))
    .pipe(z.array(suiteStatusSchema).min(1).max(6))
    .optional(),
  /** Those that make the runs of a search: `search/<id>`. They are left out otherwise. */
  partOf: z
    .string()
    .regex(/^(?:search|isolation)\/[a-z0-9][a-z0-9-]{0,39}$/, 'must be search/<id> or isolation/<id>')
    .optional(),
  cursor: cursor.optional(),
  limit: limit.default(50),
})

/** A full id or its first 12 digits. */
const commit = z.string().regex(/^[0-9a-f]{12,64}$/, 'must be a full commit id or its first 12 hex digits')

export const listTestsQuerySchema = z.strictObject({
  commit: commit.optional(),
  cursor: cursor.optional(),
  limit: limit.default(MOST_PER_PAGE),
})

export const listRunsQuerySchema = z.strictObject({
  commit: commit.optional(),
  outcome: outcomeSchema.optional(),
  cursor: cursor.optional(),
  limit: limit.default(MOST_PER_PAGE),
})

export const eventsQuerySchema = z.strictObject({
  /** Number of the last event that was seen. */
  after: z.coerce.number<number | string>().int().min(0).max(Number.MAX_SAFE_INTEGER).optional(),
})

export const logQuerySchema = z.strictObject({
  follow: z.enum(['0', '1', 'true', 'false']).default('0'),
  stream: z.enum(['stdout', 'stderr']).optional(),
  try: z.coerce.number<number | string>().int().min(1).max(1_000).optional(),
  /** In original bytes of the stream, which then has to be named. */
  offset: z.coerce.number<number | string>().int().min(0).max(Number.MAX_SAFE_INTEGER).default(0),
})

/** What to add, and the number of extensions that the caller knows of: a repeated call adds nothing twice. */
export const extendBodySchema = extensionRequestSchema.extend({ expected: z.int().min(0) })
export const extendedSuiteSchema = z.object({
  suite: idSchema,
  status: suiteStatusSchema,
  /** Of this extension, from 1. */
  number: z.int(),
  joined: z.boolean(),
})

/** A body may be left out where every field may. */
export const pauseBodySchema = z.strictObject({ note: z.string().max(500).optional() }).nullish()
export const replayBodySchema = z.strictObject({ times: z.int().min(1).max(1_000).default(1) }).nullish()
export const replaySuitesSchema = z.object({
  run: z.string(),
  seed: seedSchema,
  outcome: outcomeSchema.nullable(),
  reason: z.string().nullable(),
  suites: z.array(idSchema),
})

export const suiteParamsSchema = z.strictObject({ suite: idSchema })
export const runParamsSchema = z.strictObject({ run: z.string().min(1).max(100) })
