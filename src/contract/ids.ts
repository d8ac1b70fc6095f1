import { z } from 'zod'

/** Ids of suites, searches and sweeps: lower case, digits and hyphens, at most 40 characters. */
export const ID_PATTERN = /^[a-z0-9][a-z0-9-]{0,39}$/
export const idSchema = z.string().regex(ID_PATTERN, 'an id matches ^[a-z0-9][a-z0-9-]{0,39}$')

/** A full object name: 40 hex digits (SHA-1) or 64 (SHA-256 repositories). */
export const SHA_PATTERN = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/
export const shaSchema = z.string().regex(SHA_PATTERN, 'a full commit id in lower-case hex')

/** What one run is: the `generation` is 0 and raised only by `extend`. */
export const runKeySchema = z.object({
  suite: idSchema,
  sha: shaSchema,
  attempt: z.int().nonnegative(),
  generation: z.int().nonnegative(),
})
export type RunKey = z.infer<typeof runKeySchema>

export interface ParsedRunId {
  suite: string
  sha12: string
  attempt: number
  generation: number
}

const RUN_ID = /^([a-z0-9][a-z0-9-]{0,39})\.([0-9a-f]{12})\.(0|[1-9]\d{0,6})(?:\.g([1-9]\d{0,6}))?$/

/** Parses a public run id; undefined when the text is none. */
export function parseRunId(text: string): ParsedRunId | undefined {
  const match = RUN_ID.exec(text)
  if (match === null) return undefined
  const [, suite = '', short = '', attempt = '', generation = '0'] = match
  return { suite, sha12: short, attempt: Number(attempt), generation: Number(generation) }
}
