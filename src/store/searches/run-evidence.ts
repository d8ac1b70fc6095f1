import type { Outcome, SuiteSpec } from '../../contract/index.ts'
import { verdictSchema } from '../../contract/index.ts'
import type { TestStore } from '../store.ts'
import type { Database } from '../write.ts'
import { testOutcomes } from './test-outcomes.ts'

/** A run that says something of its commit. */
export interface Observed {
  seed: number
  failed: boolean
  durationMs: number
}

export interface ObservedQuery {
  suite: Pick<SuiteSpec, 'id' | 'until'>
  sha: string
  /** Only this test counts. */
  test: string | undefined
}

const FAILED: ReadonlySet<Outcome> = new Set(['failed', 'timed_out', 'crashed'])

/**
 * What the runs of a commit show, in order of attempt: of the longest finished beginning only, as of runs in flight the
 * fast passes end before the slow failures. Errors of the infrastructure show nothing.
 */
export async function readObserved(db: Database, tests: TestStore, query: ObservedQuery): Promise<Observed[]> {
  const { suite, sha, test } = query
  const end = suite.until === undefined ? Number.POSITIVE_INFINITY : await evidenceOf(db, suite.id, sha)
  const rows = await db
    .selectFrom('results')
    .select(['attempt', 'seed', 'outcome', 'duration_ms'])
    .where('suite', '=', suite.id)
    .where('sha', '=', sha)
    .where('superseded', '=', 0)
    .orderBy('attempt')
    .execute()
  const gap = rows.findIndex(({ attempt, outcome }, at) => attempt !== at || outcome === 'cancelled' || attempt >= end)
  const beginning = (gap === -1 ? rows : rows.slice(0, gap)).filter(({ outcome }) => outcome !== 'error')
  const ofTest = test === undefined ? undefined : await testOutcomes(tests, { suite: suite.id, sha, test })
  return beginning.flatMap(({ attempt, seed, outcome, duration_ms }) => {
    const failed = ofTest === undefined ? FAILED.has(outcome) : ofTest.get(attempt)
    return failed === undefined ? [] : [{ seed, failed, durationMs: duration_ms }]
  })
}

/** Where the evidence decided when to stop, the attempts below it are all that counts. */
export async function evidenceOf(db: Database, suite: string, sha: string): Promise<number> {
  const row = await db
    .selectFrom('verdicts')
    .select('data')
    .where('suite', '=', suite)
    .where('sha', '=', sha)
    .executeTakeFirst()
  const evidence = row === undefined ? undefined : verdictSchema.parse(JSON.parse(row.data)).evidence
  return evidence ?? Number.POSITIVE_INFINITY
}
