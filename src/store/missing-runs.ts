import { sql } from 'kysely'
import { type Outcome, type RunResult, sha12 } from '../contract/index.ts'
import { eventRow, takeNumbers } from './events.ts'
import { finishedEvent, resultRow } from './result-rows.ts'
import { type Database, insertSlices, type Write, write } from './write.ts'

/** Small enough that other writers of the suite hardly wait. */
const RUNS_PER_TRANSACTION = 500

export interface MissingRuns {
  suite: string
  sha: string
  outcome: Extract<Outcome, 'error' | 'cancelled'>
  reason: string
  node: string
  /** Only attempts below this one. */
  below?: number | undefined
  /** Only runs that have begun: of the others nobody is waiting for a result. */
  begun?: boolean | undefined
}

/** Gives runs of a commit that have no result one, a slice at a time; returns how many still may have none. */
export async function closeMissingRuns(db: Database, missing: MissingRuns): Promise<{ closed: number; more: boolean }> {
  return await write(db, async (trx) => {
    const last = await takeNumbers(trx, missing.suite, 0)
    const runs = await findMissing(trx, missing)
    const results = runs.map((run) => closedResult(missing, run))
    await takeNumbers(trx, missing.suite, results.length)
    const at = new Date().toISOString()
    for (const slice of insertSlices(results)) {
      const rows = slice.map((result) => ({ ...resultRow(result), superseded: 0 }))
      await trx.insertInto('results').values(rows).execute()
    }
    const events = results.map((result, index) => eventRow(finishedEvent(result), last + index + 1, at))
    for (const slice of insertSlices(events)) await trx.insertInto('events').values(slice).execute()
    return { closed: results.length, more: results.length === RUNS_PER_TRANSACTION }
  })
}

async function findMissing(
  trx: Write,
  { suite, sha, below, begun = false }: MissingRuns,
): Promise<{ attempt: number; seed: number }[]> {
  return await trx
    .selectFrom('suite_seeds as asked')
    .select(['asked.attempt', 'asked.seed'])
    .where('asked.suite', '=', suite)
    .$if(below !== undefined, (query) => query.where('asked.attempt', '<', below ?? 0))
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('results')
            .select('results.attempt')
            .where('results.suite', '=', suite)
            .where('results.sha', '=', sha)
            .whereRef('results.attempt', '=', 'asked.attempt'),
        ),
      ),
    )
    .$if(begun, (query) =>
      query.where((eb) =>
        eb.exists(
          eb
            .selectFrom('events')
            .select('events.seq')
            .where('events.suite', '=', suite)
            .where('events.type', '=', 'run.started')
            // Its id, in words of every database.
            .where(
              'events.subject',
              '=',
              sql<string>`${`${suite}.${sha12(sha)}.`} || cast(${eb.ref('asked.attempt')} as text)`,
            ),
        ),
      ),
    )
    .orderBy('asked.attempt')
    .limit(RUNS_PER_TRANSACTION)
    .execute()
}

function closedResult(missing: MissingRuns, run: { attempt: number; seed: number }): RunResult {
  const { suite, sha, outcome, reason, node } = missing
  return {
    ...{ suite, sha, outcome, reason, node, ...run },
    generation: 0,
    exitCode: null,
    signal: null,
    startedAt: null,
    durationMs: 0,
    tries: 1,
    artifacts: [],
  }
}
