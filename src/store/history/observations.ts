import type { Outcome, SuiteSpec } from '../../contract/index.ts'
import { evidenceOf } from '../searches/run-evidence.ts'
import type { Database } from '../write.ts'

/** A run that says something of its commit. */
export interface Observation {
  attempt: number
  generation: number
  seed: number
  /** Whether the command failed. */
  failed: boolean
  /** When it began. */
  at: string
  ranSet: number | null
  failureSet: number | null
  hasReports: boolean
}

const PAGE = 5_000
const SAYS_NOTHING: ReadonlySet<Outcome> = new Set(['error', 'cancelled'])

/**
 * The runs of a suite's commit that count, in order of attempt: those below what its verdict rests on where the evidence
 * decided when to stop, and of any only the longest finished beginning. Errors of the infrastructure show nothing.
 */
export async function readObservations(
  db: Database,
  suite: { id: string; createdAt: string; spec: SuiteSpec },
  sha: string,
): Promise<Observation[]> {
  const end = suite.spec.until === undefined ? Number.POSITIVE_INFINITY : await evidenceOf(db, suite.id, sha)
  const observations: Observation[] = []
  for (let next = 0; ; ) {
    const page = await readPage(db, { suite: suite.id, sha, from: next })
    for (const row of page) {
      if (row.attempt !== next || row.outcome === 'cancelled' || row.attempt >= end) return observations
      next++
      if (SAYS_NOTHING.has(row.outcome)) continue
      observations.push({
        ...{ attempt: row.attempt, generation: row.generation, seed: row.seed, failed: row.outcome !== 'passed' },
        ...{ at: row.started_at ?? suite.createdAt, ranSet: row.ran_set, failureSet: row.failure_set },
        hasReports: row.unreadable_reports !== null,
      })
    }
    if (page.length < PAGE) return observations
  }
}

const readPage = (db: Database, { suite, sha, from }: { suite: string; sha: string; from: number }) =>
  db
    .selectFrom('results')
    .select(['attempt', 'generation', 'seed', 'outcome', 'started_at', 'ran_set', 'failure_set', 'unreadable_reports'])
    .where('suite', '=', suite)
    .where('sha', '=', sha)
    .where('superseded', '=', 0)
    .where('attempt', '>=', from)
    .orderBy('attempt')
    .limit(PAGE)
    .execute()
