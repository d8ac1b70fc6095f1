import { z } from 'zod'

/** Bounds of a serverless job: the same for its input and for the repository's file. */
export const JOB_LIMITS = {
  runs: { min: 1, max: 1000, default: 10 },
  parallelism: { min: 1, max: 50, default: 4 },
  testCommandLength: { min: 1, max: 8192 },
} as const

/** An integer within bounds, which every message about it names. */
export function boundedInteger(min: number, max: number) {
  const rule = `must be an integer from ${min} to ${max}`
  return z.int(rule).min(min, rule).max(max, rule)
}

const { runs, parallelism, testCommandLength } = JOB_LIMITS
export const jobRunsSchema = boundedInteger(runs.min, runs.max)
export const jobParallelismSchema = boundedInteger(parallelism.min, parallelism.max)

const commandRule = `must be text of ${testCommandLength.min} to ${testCommandLength.max} characters`
export const testCommandSchema = z
  .string(commandRule)
  .min(testCommandLength.min, commandRule)
  .max(testCommandLength.max, commandRule)
  .refine((text) => text.trim() !== '', 'must not be blank')
  .regex(/^[^\0]*$/, 'must not contain a NUL byte')

/** Frameworks by the names that clients of jobs use: our template, and which framework of it where it has several. */
export const JOB_FRAMEWORKS = {
  python: { projectType: 'python', framework: undefined },
  go: { projectType: 'go', framework: 'go' },
  'typescript-jest': { projectType: 'node', framework: 'jest' },
  'typescript-vitest': { projectType: 'node', framework: 'vitest' },
  'javascript-mocha': { projectType: 'node', framework: 'mocha' },
} as const
export const jobFrameworkSchema = z.enum(['python', 'go', 'typescript-jest', 'typescript-vitest', 'javascript-mocha'])

export const JOB_FILE = '.flaky-detector.yml'

/** Failure rates from which on a commit or test has that severity. */
export interface SeverityThresholds {
  critical: number
  high: number
  medium: number
  low: number
}

/** What a job's request may leave to the repository's file, by the names of its input. */
export type OpenJobInput = 'runs' | 'parallelism' | 'test_command'

/** What is known of a job once the file of its commit was read. */
export interface SettledJob {
  /** By the client's name where there is one, else by ours; null where nothing was detected. */
  framework: string | null
  /** Of the whole job; undefined where it has none. */
  deadlineMs?: number
  /** Of each command of its set-up. */
  setupTimeoutMs?: number
  saveFullOutput: boolean
  /** Longest `error` of a reply, in characters. */
  maxErrorLength?: number
  /** For people: what of the file has no effect, and why. */
  warnings: string[]
}
