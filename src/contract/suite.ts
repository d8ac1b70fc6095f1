import { z } from 'zod'
import { commandSchema } from './command.ts'
import { idSchema } from './ids.ts'

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
const executorNameSchema = z.enum(['local'])
export const isolationSchema = z.enum(['process', 'sandbox'])
export type Isolation = z.infer<typeof isolationSchema>
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
  isolation: isolationSchema.default('process'),
  reports: z.string().min(1).max(1024).optional(),
  env: z.record(environmentName, environmentValue).default({}),
  secretEnv: z.array(environmentName).max(100).default([]),
  limits: runLimitsSchema.default({}),
  keep: keepSchema.default('never'),
  /** 1 is the most urgent; sweeps run at 4. */
  priority: z.int().min(1).max(5).default(2),
})
export type SuiteRequest = z.input<typeof suiteRequestSchema>
export type ParsedSuiteRequest = z.output<typeof suiteRequestSchema>

/** A validated suite, all defaults filled: what is stored and what every activity works from. */
export interface SuiteSpec extends Omit<ParsedSuiteRequest, 'id' | 'runs' | 'seed' | 'seeds' | 'parallelism'> {
  id: string
  runs: number
  /** Seed of the draw; null where the seeds were given one by one. */
  seed: number | null
  parallelism: number
}

export const SUITE_STATUSES = ['queued', 'running', 'paused', 'completed', 'failed', 'cancelled'] as const
export const suiteStatusSchema = z.enum(SUITE_STATUSES)
export type SuiteStatus = z.infer<typeof suiteStatusSchema>

/** True while a suite still wants a worker. */
export const isOpen = (status: SuiteStatus): boolean =>
  status === 'queued' || status === 'running' || status === 'paused'
