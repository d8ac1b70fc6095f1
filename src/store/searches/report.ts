import type { SearchReport, SearchStanding } from '../../contract/index.ts'
import type { StoredSearch } from './search-store.ts'

/** Before the first decision nothing is known. */
const NOTHING_KNOWN: SearchStanding = {
  answer: null,
  culprit: null,
  rateBefore: null,
  rateFrom: null,
  example: null,
  runs: 0,
  rounds: 0,
  skipped: [],
  noneProbability: 0.5,
  posterior: [],
  next: [],
}

/** The document that `bisect --json` prints, of what is on record at this moment. */
export function searchReport(search: StoredSearch): SearchReport {
  const { id, spec, status, failure, createdAt, finishedAt, commits, historyRuns, standing } = search
  const end = finishedAt === null ? Date.now() : Date.parse(finishedAt)
  return {
    search: id,
    repo: spec.repo,
    command: spec.command ?? null,
    ...(spec.test === undefined ? {} : { test: spec.test }),
    status,
    ...(failure === null ? {} : { failure }),
    startedAt: createdAt,
    durationMs: Math.max(0, end - Date.parse(createdAt)),
    ...{ seed: spec.seed, confidence: spec.confidence, minIncrease: spec.minIncrease },
    ...{ commits, historyRuns },
    ...(standing ?? NOTHING_KNOWN),
  }
}
