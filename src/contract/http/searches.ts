import { z } from 'zod'
import { commandSchema } from '../command.ts'
import { idSchema, shaSchema } from '../ids.ts'
import { searchRequestSchema, searchStatusSchema } from '../search.ts'
import { searchAnswerSchema, searchReportSchema, suspectSchema } from '../search-report.ts'

/** The options of `bisect` in camelCase; what only a gateway may say is left out. */
export const startSearchBodySchema = searchRequestSchema.omit({ network: true })

/** A search that was started, or joined under its id. */
export const startedSearchSchema = z.object({ search: idSchema, status: searchStatusSchema, joined: z.boolean() })

export const searchSummarySchema = z.object({
  search: idSchema,
  repo: z.string(),
  status: searchStatusSchema,
  startedAt: z.string(),
  finishedAt: z.string().nullable(),
  command: commandSchema.nullable(),
  answer: searchAnswerSchema.nullable(),
  culprit: suspectSchema.nullable(),
  failure: z.string().nullable(),
})

/** The document of `bisect --json`, and what was asked for, all defaults filled. */
export const searchDocumentSchema = searchReportSchema.extend({
  /** By name only are secrets in it. */
  request: z.record(z.string(), z.unknown()),
  /** Number of the newest event on record. */
  lastEvent: z.int(),
})

export const searchPageSchema = z.object({
  searches: z.array(searchSummarySchema),
  /** Where to go on; null on the last page. */
  next: z.string().nullable(),
})
export const steeredSearchSchema = z.object({ search: idSchema, status: searchStatusSchema })

export const listSearchesQuerySchema = z.strictObject({
  repo: z.string().min(1).max(4096).optional(),
  /** One, or several with commas between them. */
  status: z
    .string()
    .transform((text) => text.split(','))
    .pipe(z.array(searchStatusSchema).min(1).max(5))
    .optional(),
  cursor: z.string().min(1).max(200).optional(),
  limit: z.coerce.number<number | string>().int().min(1).max(1_000).default(50),
})

export const searchParamsSchema = z.strictObject({ search: idSchema })

/** The commits that a search looks at, parents before their children; the first lies before the culprit. */
export const searchCommitPageSchema = z.object({
  commits: z.array(
    z.object({
      position: z.int(),
      sha: shaSchema,
      subject: z.string(),
      author: z.string(),
      committedAt: z.string(),
      /** Runs of earlier suites that are evidence, and those of them that failed. */
      earlier: z.object({ runs: z.int(), failures: z.int() }),
    }),
  ),
  /** Where to go on; null on the last page. */
  next: z.string().nullable(),
})
export type SearchCommitPage = z.infer<typeof searchCommitPageSchema>

export const listSearchCommitsQuerySchema = z.strictObject({
  /** Position of the first commit of the page. */
  cursor: z.coerce.number<number | string>().int().min(0).default(0),
  limit: z.coerce.number<number | string>().int().min(1).max(1_000).default(1_000),
})
