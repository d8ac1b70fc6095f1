import type { z } from 'zod'
import type { searchSummarySchema } from '../../contract/http/searches.ts'
import type { StoredSearch } from './search-store.ts'

/** A search as lists show it. */
export const searchSummary = (search: StoredSearch): z.infer<typeof searchSummarySchema> => {
  const { id, spec, status, failure, createdAt, finishedAt, standing } = search
  return {
    search: id,
    repo: spec.repo,
    status,
    startedAt: createdAt,
    finishedAt,
    command: spec.command ?? null,
    answer: standing?.answer ?? null,
    culprit: standing?.culprit ?? null,
    failure,
  }
}
