import { z } from 'zod'
import { SEARCH_ID_LENGTH } from './names.ts'
import { badField, isolationOf } from './parse-request.ts'
import { confidenceSchema, type Isolation, LIMITS, rateSchema, suiteRequestSchema } from './suite.ts'

export const SEARCH_LIMITS = {
  commits: 10_000,
  runs: LIMITS.runsPerSuite,
  shortestDurationMs: 1_000,
  longestDurationMs: 30 * 24 * 3_600_000,
} as const

/** Short enough that the ids of its suites, which begin with it, are ids too. */
export const searchIdSchema = z
  .string()
  .regex(
    new RegExp(`^[a-z0-9][a-z0-9-]{0,${SEARCH_ID_LENGTH - 1}}$`),
    `must be lower-case letters, digits and hyphens, 1 to ${SEARCH_ID_LENGTH} of them, not a hyphen first`,
  )

const refSchema = z.string().min(1).max(1024)

/** What the runs of a search have in common with those of any suite. */
const runsOfSuite = suiteRequestSchema.pick({
  repo: true,
  firstParent: true,
  command: true,
  workdir: true,
  setup: true,
  seed: true,
  parallelism: true,
  timeoutMs: true,
  projectType: true,
  executor: true,
  isolation: true,
  cluster: true,
  shuffle: true,
  reports: true,
  env: true,
  secretEnv: true,
  limits: true,
  network: true,
  priority: true,
})

/**
 * What a caller asks for: the options of `bisect` in camelCase. It is also the input of the workflow `CulpritSearch`, so
 * everything but `repo` has a default.
 */
export const searchRequestSchema = runsOfSuite.extend({
  id: searchIdSchema.optional(),
  /** A commit before the culprit; the whole history of `bad` is searched where it is left out. */
  good: refSchema.optional(),
  bad: refSchema.default('HEAD'),
  /** Only this test of each run counts: a run without it tells nothing. */
  test: z.string().min(1).max(1024).optional(),
  /** Probability that an answer has to reach. */
  confidence: confidenceSchema.default(0.95),
  /** δ: smaller increases of the failure rate may be passed over. */
  minIncrease: rateSchema.default(0.2),
  /** Budgets: the search answers by what it has when one is used up. */
  maxRuns: z.int().min(1).max(SEARCH_LIMITS.runs).optional(),
  maxDurationMs: z.int().min(SEARCH_LIMITS.shortestDurationMs).max(SEARCH_LIMITS.longestDurationMs).optional(),
})
export type SearchRequest = z.input<typeof searchRequestSchema>
type ParsedSearchRequest = z.output<typeof searchRequestSchema>

/** A request that holds together. */
export type SoundSearch = ParsedSearchRequest & { isolation: Isolation }

/** A validated search, all defaults filled: what is stored and what every activity works from. */
export interface SearchSpec extends Omit<SoundSearch, 'id' | 'seed' | 'parallelism'> {
  id: string
  /** Of the draw of its seeds. */
  seed: number
  /** Runs at once, and the runs of a round. */
  parallelism: number
}

export const SEARCH_STATUSES = ['queued', 'running', 'completed', 'failed', 'cancelled'] as const
export const searchStatusSchema = z.enum(SEARCH_STATUSES)
export type SearchStatus = z.infer<typeof searchStatusSchema>

/**
 * Parses what a caller asked for, whoever it was.
 *
 * @throws CommitSuiteError `invalid_input` naming field, value and rule of the first thing that is wrong
 */
export function parseSearchRequest(input: unknown): SoundSearch {
  const parsed = searchRequestSchema.safeParse(input)
  if (!parsed.success) throw badField(input, parsed.error)
  return { ...parsed.data, isolation: isolationOf(parsed.data) }
}
