import { formatRunId, type Outcome, type RunKey, type SuiteEventType, type SuiteStatus } from '../contract/index.ts'
import type { Database } from './write.ts'

/** What is on record about a run before it begins. */
export interface RunStanding {
  suiteStatus: SuiteStatus
  /** Tells the suite from a later one of the same id. */
  suiteCreatedAt: string
  /** Null while the run has no result. */
  outcome: Outcome | null
  /** Tries that faults of the infrastructure have ended. */
  failedTries: number
  /** The last try that has begun; 0 where none has. */
  begunTry: number
}

/** One query, because every run asks it; undefined where the suite is not on record. */
export async function readStanding(db: Database, key: RunKey): Promise<RunStanding | undefined> {
  const subject = formatRunId(key)
  const row = await db
    .selectFrom('suites')
    .where('id', '=', key.suite)
    .select((eb) => {
      const lastOrdinal = (type: SuiteEventType) =>
        eb
          .selectFrom('events')
          .select((events) => events.fn.max('ordinal').as('last'))
          .where('suite', '=', key.suite)
          .where('type', '=', type)
          .where('subject', '=', subject)
      const outcome = eb
        .selectFrom('results')
        .select('outcome')
        .where('suite', '=', key.suite)
        .where('sha', '=', key.sha)
        .where('attempt', '=', key.attempt)
        .where('generation', '=', key.generation)
      return [
        'status',
        'created_at',
        outcome.as('outcome'),
        lastOrdinal('run.retried').as('failed_tries'),
        lastOrdinal('run.started').as('begun_try'),
      ]
    })
    .executeTakeFirst()
  if (row === undefined) return undefined
  return {
    suiteStatus: row.status,
    suiteCreatedAt: row.created_at,
    outcome: row.outcome,
    failedTries: row.failed_tries ?? 0,
    begunTry: row.begun_try ?? 0,
  }
}
