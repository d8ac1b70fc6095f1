import { z } from 'zod'
import { invalidInput } from './errors.ts'
import { badField, isolationOf } from './parse-request.ts'
import { searchIdSchema, searchRequestSchema } from './search.ts'
import { type Isolation, rateSchema } from './suite.ts'

const DEFAULT_MOST_RUNS = 2_000

/**
 * What a caller asks for: the options of `isolate` in camelCase. It is also the input of the workflow `TestIsolation`.
 * With `run`, all that is left out is as the suite of that run had it.
 */
export const isolationRequestSchema = searchRequestSchema
  .omit({ firstParent: true, good: true, bad: true, minIncrease: true, reports: true, maxRuns: true })
  .extend({
    /** Short enough that the ids of its suites, which begin with it, are ids too. */
    id: searchIdSchema.optional(),
    commit: z.string().min(1).max(1024).default('HEAD'),
    /** The victim: `classname::name`, as reports have it. */
    test: z.string().min(1).max(800),
    /** A run on record in which it failed, after the tests that are looked into. */
    run: z.string().min(1).max(100).optional(),
    /** It counts as failing at this failure rate and above, as passing at a fifth of it and below. */
    minRate: rateSchema.default(0.2),
    maxRuns: searchRequestSchema.shape.maxRuns.unwrap().default(DEFAULT_MOST_RUNS),
  })
export type IsolationRequest = z.input<typeof isolationRequestSchema>
type ParsedIsolation = z.output<typeof isolationRequestSchema>

const { shape } = isolationRequestSchema
/** What clients send: with `run` even the repository may be left out, and what is left out stays so until that is known. */
export const openIsolationSchema = isolationRequestSchema.omit({ network: true }).extend({
  repo: shape.repo.optional(),
  commit: shape.commit.unwrap().optional(),
  workdir: shape.workdir.unwrap().optional(),
  timeoutMs: shape.timeoutMs.unwrap().optional(),
  executor: shape.executor.unwrap().optional(),
  env: shape.env.unwrap().optional(),
  secretEnv: shape.secretEnv.unwrap().optional(),
  limits: shape.limits.unwrap().optional(),
  priority: shape.priority.unwrap().optional(),
  confidence: shape.confidence.unwrap().optional(),
  minRate: shape.minRate.unwrap().optional(),
  maxRuns: shape.maxRuns.unwrap().optional(),
})
export type OpenIsolation = z.output<typeof openIsolationSchema>

/** A request that holds together. */
export type SoundIsolation = ParsedIsolation & { isolation: Isolation }

/** A validated isolation, all defaults filled: what is stored and what every activity works from. */
export interface IsolationSpec extends Omit<SoundIsolation, 'id' | 'seed' | 'parallelism'> {
  id: string
  /** Of the draw of its seeds. */
  seed: number
  /** Runs at once. */
  parallelism: number
}

export const ISOLATION_STATUSES = ['queued', 'running', 'completed', 'failed', 'cancelled'] as const
export const isolationStatusSchema = z.enum(ISOLATION_STATUSES)
export type IsolationStatus = z.infer<typeof isolationStatusSchema>

/**
 * Parses what a caller asked for, whoever it was.
 *
 * @throws CommitSuiteError `invalid_input` naming field, value and rule of the first thing that is wrong
 */
export function parseIsolationRequest(input: unknown): SoundIsolation {
  const parsed = isolationRequestSchema.safeParse(input)
  if (!parsed.success) throw badField(input, parsed.error)
  if (!parsed.data.test.includes('::')) {
    throw invalidInput('test', parsed.data.test, 'must be classname::name, as reports have it', SEE_SHOW)
  }
  return { ...parsed.data, isolation: isolationOf(parsed.data) }
}

const SEE_SHOW = 'commit-suite show SUITE --json lists the tests of a suite.'
