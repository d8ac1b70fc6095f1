import { z } from 'zod'
import { commandSchema } from './command.ts'
import { idSchema } from './ids.ts'
import { jobFrameworkSchema, type OpenJobInput, type SettledJob } from './job.ts'

export const LIMITS = {
  runsPerCommit: 100_000,
  commitsPerSuite: 10_000,
  runsPerSuite: 1_000_000,
  parallelism: 1_000,
  largestSeed: 2 ** 31 - 1,
  shortestTimeoutMs: 1_000,
  longestTimeoutMs: 24 * 3_600_000,
  /** Kept output of a run and stream, in bytes. */
  outputCapBytes: 10 * 1024 * 1024,
  /** Times a run is tried again after an infrastructure fault before it is an `error`. */
  triesPerRun: 5,
} as const

export const seedSchema = z.int().min(1).max(LIMITS.largestSeed)
export const executorNameSchema = z.enum(['local', 'kubernetes'])
export type ExecutorName = z.infer<typeof executorNameSchema>
/** How runs are kept apart, by executor; the first is the default. */
export const ISOLATIONS = {
  local: ['process', 'sandbox'],
  kubernetes: ['pod', 'warm'],
} as const satisfies Record<ExecutorName, readonly string[]>
export const isolationSchema = z.enum([...ISOLATIONS.local, ...ISOLATIONS.kubernetes])
export type Isolation = z.infer<typeof isolationSchema>
/** A failure rate to be told from none: strictly between 0 and 1. */
export const rateSchema = z.number().min(0.0001, 'must be at least 0.0001').max(0.9, 'must be at most 0.9')
export const confidenceSchema = z.number().gt(0.5, 'must be above 0.5').max(0.9999, 'must be at most 0.9999')
export const DEFAULT_MAX_FLAKE_RATE = 0.05
const keepSchema = z.enum(['never', 'failed', 'always'])

const environmentName = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'the name of an environment variable is letters, digits and _')
const environmentValue = z
  .string()
  .max(32_768)
  .regex(/^[^\0]*$/, 'must not contain a NUL byte')

/** Bounds of one run; what the system cannot enforce is said by a warning of the executor. */
export const runLimitsSchema = z.strictObject({
  memoryBytes: z
    .int()
    .min(16 * 1024 * 1024)
    .optional(),
  processes: z.int().min(4).max(1_000_000).optional(),
  cpus: z.number().positive().max(1024).optional(),
})
export type RunLimits = z.infer<typeof runLimitsSchema>

/** Which cluster, as the worker finds it; by default KUBECONFIG, else in-cluster, else the user's own configuration. */
export const clusterRefSchema = z.strictObject({
  /** Absolute path on the worker's machine, or several with colons between them. */
  kubeconfig: z.string().regex(/^\//, 'must be an absolute path').max(4096).optional(),
  context: z.string().min(1).max(253).optional(),
})
export type ClusterRef = z.infer<typeof clusterRefSchema>

/** A client's session: its runs share one kept environment, `im-<chat>-<user>`, instead of one per commit. */
export const sessionRefSchema = z.strictObject({
  chat: z.string().min(1).max(253),
  /** Empty where only one name is known: then the environment is `im-<chat>`. */
  user: z.string().max(253),
  /** Name of the API key that asked. */
  key: z.string().max(253).default(''),
})
export type SessionRef = z.infer<typeof sessionRefSchema>

/**
 * Says that a request came over the network: its isolation, the addresses it may make us connect to and what of it
 * stays on record differ. A gateway sets it; clients cannot.
 */
const networkOriginSchema = z.strictObject({
  /** Name of the API key that asked; null on a loopback gateway without keys. */
  key: z.string().min(1).max(100).nullable(),
})

/** Says that a suite makes the runs of a search or an isolation; clients cannot. */
export const partOfSchema = z.strictObject({
  kind: z.enum(['search', 'isolation']),
  id: idSchema,
  /** Of the search's batches, or of the isolation's questions, from 1. */
  round: z.int().min(1),
})
export type PartOf = z.infer<typeof partOfSchema>

/** A serverless job: the repository's `.flaky-detector.yml` decides what its request left open. */
export const jobRefSchema = z.strictObject({
  /** The endpoint it was posted to; jobs of one are 404 at another. */
  endpoint: z.string().regex(/^[A-Za-z0-9._-]{1,100}$/),
  /** Taken before any that is detected. */
  framework: jobFrameworkSchema.optional(),
  /** Names of what its input held besides, which has no effect. */
  ignored: z.array(z.string().max(100)).max(20).optional(),
})
export type JobRef = z.infer<typeof jobRefSchema>

/** A job on record. */
export interface JobSpec extends JobRef {
  /** What its request left open. */
  open: OpenJobInput[]
  /** Undefined until its commit is known. */
  settled?: SettledJob
}

/**
 * What a caller asks for: the options of `run` in camelCase. It is also the input of the workflow
 * `CommitSuite`, so everything but `repo` has a default. `setup: null` means no set-up at all.
 */
export const suiteRequestSchema = z.strictObject({
  id: idSchema.optional(),
  repo: z.string().min(1).max(4096),
  commits: z.array(z.string().min(1).max(1024)).min(1).max(LIMITS.commitsPerSuite).default(['HEAD']),
  firstParent: z.boolean().default(false),
  command: commandSchema.optional(),
  workdir: z.string().max(4096).default('.'),
  setup: z.union([commandSchema, z.null()]).optional(),
  runs: z.int().min(1).max(LIMITS.runsPerCommit).optional(),
  seeds: z.array(seedSchema).min(1).max(LIMITS.runsPerCommit).optional(),
  seed: seedSchema.optional(),
  /** ATTEMPT of the first run: a replay shows its run the number that the recorded one had. */
  attemptBase: z.int().min(0).max(LIMITS.runsPerCommit).default(0),
  parallelism: z.int().min(1).max(LIMITS.parallelism).optional(),
  timeoutMs: z.int().min(LIMITS.shortestTimeoutMs).max(LIMITS.longestTimeoutMs).default(300_000),
  projectType: z.string().min(1).max(100).optional(),
  executor: executorNameSchema.default('local'),
  /** `process` on the local executor, `pod` on Kubernetes. */
  isolation: isolationSchema.optional(),
  cluster: clusterRefSchema.optional(),
  session: sessionRefSchema.optional(),
  /** Ends a commit as soon as the evidence suffices; `runs` is then the most that are made. */
  until: z.enum(['verdict']).optional(),
  /** With `until`: the largest failure rate to live with, p1 of the sequential test; 0.05 unless said otherwise. */
  maxFlakeRate: rateSchema.optional(),
  /** With `until`: 1 − α = 1 − β of the sequential test; 0.95 unless said otherwise. */
  confidence: confidenceSchema.optional(),
  /** Random order of tests, where the framework can. */
  shuffle: z.boolean().optional(),
  reports: z.string().min(1).max(1024).optional(),
  env: z.record(environmentName, environmentValue).default({}),
  secretEnv: z.array(environmentName).max(100).default([]),
  limits: runLimitsSchema.default({}),
  keep: keepSchema.default('never'),
  network: networkOriginSchema.optional(),
  job: jobRefSchema.optional(),
  partOf: partOfSchema.optional(),
  /** Targets that are told of its end, by the names that whoever runs the worker gave them. */
  notify: z.array(idSchema).min(1).max(10).optional(),
  /** 1 is the most urgent; sweeps run at 4. */
  priority: z.int().min(1).max(5).default(2),
})
export type SuiteRequest = z.input<typeof suiteRequestSchema>
export type ParsedSuiteRequest = z.output<typeof suiteRequestSchema>

/** A validated suite, all defaults filled: what is stored and what every activity works from. */
export interface SuiteSpec
  extends Omit<ParsedSuiteRequest, 'id' | 'runs' | 'seed' | 'seeds' | 'parallelism' | 'isolation' | 'job'> {
  id: string
  isolation: Isolation
  runs: number
  /** Seed of the draw; null where the seeds were given one by one. */
  seed: number | null
  parallelism: number
  job?: JobSpec | undefined
}

export const SUITE_STATUSES = ['queued', 'running', 'paused', 'completed', 'failed', 'cancelled'] as const
export const suiteStatusSchema = z.enum(SUITE_STATUSES)
export type SuiteStatus = z.infer<typeof suiteStatusSchema>
