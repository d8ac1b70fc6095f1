import type { SuiteSummary } from '../contract/http/suites.ts'
import type { StoredSuite } from './store.ts'

/** A suite as lists show it. */
export const suiteSummary = ({ id, status, createdAt, finishedAt, failure, spec }: StoredSuite): SuiteSummary => ({
  suite: id,
  repo: spec.repo,
  status,
  startedAt: createdAt,
  finishedAt,
  runs: spec.runs,
  command: spec.command ?? null,
  failure,
})
