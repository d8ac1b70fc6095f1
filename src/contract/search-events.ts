import { z } from 'zod'
import { event } from './event-shape.ts'
import { searchStatusSchema } from './search.ts'
import { plannedBatchSchema, searchAnswerSchema, suspectSchema } from './search-report.ts'

/** What came of a batch of a round. */
const finishedBatchSchema = z.object({
  sha: z.string(),
  subject: z.string(),
  /** The suite that made it. */
  suite: z.string(),
  /** Runs that count, and those of them that failed. */
  runs: z.int(),
  failures: z.int(),
  /** Why the commit is left out from now on, or these runs tell nothing; null where they count. */
  reason: z.string().nullable(),
})

/**
 * Every step of a search, as readers with a cursor see it; of the shape of a suite's events, with the search's id as
 * `suite`.
 */
export const searchEventSchema = z.discriminatedUnion('type', [
  event('search.started', {
    repo: z.string(),
    good: z.string().nullable(),
    bad: z.string(),
    commits: z.int(),
    /** Runs of earlier suites, as evidence. */
    historyRuns: z.int(),
    parallelism: z.int(),
    seed: z.int(),
  }),
  /** What is known after a round; round 0 is before the first run. */
  event('search.round', {
    round: z.int().nonnegative(),
    ran: z.array(finishedBatchSchema),
    /** Runs made so far. */
    runs: z.int(),
    /** The likeliest commits. */
    candidates: z.array(suspectSchema),
    noneProbability: z.number(),
    /** Of the posterior. */
    entropyBits: z.number(),
    /** So many commits hold 95 % of the probability that is not that of none. */
    plausible: z.int(),
    /** What runs next; empty at the end. */
    next: z.array(plannedBatchSchema),
  }),
  event('search.finished', {
    status: searchStatusSchema,
    answer: searchAnswerSchema.nullable(),
    culprit: suspectSchema.nullable(),
    failure: z.string().optional(),
  }),
])
export type SearchEvent = z.infer<typeof searchEventSchema>
export type SearchEventType = SearchEvent['type']
export type SearchEventData<T extends SearchEventType> = Extract<SearchEvent, { type: T }>['data']

/** An event before the store gives it its number: (search, type, ordinal) is written at most once. */
export type NewSearchEvent = {
  [T in SearchEventType]: {
    search: string
    type: T
    /** Number of the round; 0 for the others. */
    ordinal: number
    data: SearchEventData<T>
  }
}[SearchEventType]
