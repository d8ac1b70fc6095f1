import type { z } from 'zod'
import type { isolationSummarySchema } from '../../contract/http/isolations.ts'
import type { StoredIsolation } from './isolation-store.ts'

/** An isolation in a list. */
export function isolationSummary(isolation: StoredIsolation): z.output<typeof isolationSummarySchema> {
  const { id, spec, status, createdAt, finishedAt, state, failure } = isolation
  return {
    ...{ isolation: id, repo: spec.repo, test: spec.test, status, startedAt: createdAt, finishedAt },
    ...{ answer: state?.result?.answer ?? null, failure },
  }
}
