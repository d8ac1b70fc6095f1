import { emptyTally, type RunKey, type RunResult, type Tally, tallyField } from '../contract/index.ts'
import { eventRow, returnNumbers, takeNumbers } from './events.ts'
import { hasSeveralMachines, readMachines } from './machines.ts'
import { closeMissingRuns } from './missing-runs.ts'
import { finishedEvent, resultOf, resultRow } from './result-rows.ts'
import { readOutcomes } from './run-outcomes.ts'
import { readStanding } from './run-standing.ts'
import type { ResultTestColumns } from './schema.ts'
import type { ResultStore } from './store.ts'
import { keepTests } from './tests/keep-tests.ts'
import { readUnfinished } from './unfinished-runs.ts'
import { type Database, type Write, write } from './write.ts'

const KEY = ['suite', 'sha', 'attempt', 'generation'] as const

async function find(db: Database, key: RunKey): Promise<RunResult | undefined> {
  const row = await db
    .selectFrom('results')
    .selectAll()
    .where('suite', '=', key.suite)
    .where('sha', '=', key.sha)
    .where('attempt', '=', key.attempt)
    .where('generation', '=', key.generation)
    .executeTakeFirst()
  return row === undefined ? undefined : resultOf(row)
}

/** True where the result is new; its row tells whether a newer generation is already there. */
async function insertResult(trx: Write, result: RunResult, tests: ResultTestColumns | undefined): Promise<boolean> {
  const row = { ...resultRow(result), ...tests }
  const { numInsertedOrUpdatedRows } = await trx
    .insertInto('results')
    .values((eb) => ({
      ...row,
      superseded: eb
        .case()
        .when(
          eb.exists(
            eb
              .selectFrom('results as newer')
              .select('newer.attempt')
              .where('newer.suite', '=', row.suite)
              .where('newer.sha', '=', row.sha)
              .where('newer.attempt', '=', row.attempt)
              .where('newer.generation', '>', row.generation),
          ),
        )
        .then(eb.lit(1))
        .else(eb.lit(0))
        .end(),
    }))
    .onConflict((conflict) => conflict.columns(KEY).doNothing())
    .executeTakeFirst()
  return numInsertedOrUpdatedRows === 1n
}

async function supersedeOlder(trx: Write, key: RunKey): Promise<void> {
  await trx
    .updateTable('results')
    .set({ superseded: 1 })
    .where('suite', '=', key.suite)
    .where('sha', '=', key.sha)
    .where('attempt', '=', key.attempt)
    .where('generation', '<', key.generation)
    .execute()
}

/** The number is taken first: its row serialises the writers of a suite, on every database in the same order. */
async function record(
  trx: Write,
  result: RunResult,
  tests: ResultTestColumns | undefined,
): Promise<{ inserted: boolean; result: RunResult }> {
  const seq = await takeNumbers(trx, result.suite, 1)
  if (await insertResult(trx, result, tests)) {
    await trx
      .insertInto('events')
      .values(eventRow(finishedEvent(result), seq, new Date().toISOString()))
      .execute()
    if (result.generation > 0) await supersedeOlder(trx, result)
    return { inserted: true, result }
  }
  await returnNumbers(trx, result.suite, 1)
  return { inserted: false, result: (await find(trx, result)) ?? result }
}

async function countOutcomes(
  db: Database,
  suite: string,
  { sha, below }: { sha?: string; below?: number | undefined } = {},
): Promise<Map<string, Tally>> {
  let query = db
    .selectFrom('results')
    .select((eb) => ['sha', 'outcome', eb.fn.countAll<number | bigint | string>().as('runs')])
    .where('suite', '=', suite)
    .where('superseded', '=', 0)
    .groupBy(['sha', 'outcome'])
  if (sha !== undefined) query = query.where('sha', '=', sha)
  if (below !== undefined) query = query.where('attempt', '<', below)
  const tallies = new Map<string, Tally>()
  for (const row of await query.execute()) {
    const tally = tallies.get(row.sha) ?? emptyTally()
    tally[tallyField(row.outcome)] = Number(row.runs)
    tallies.set(row.sha, tally)
  }
  return tallies
}

export function resultStore(db: Database): ResultStore {
  return {
    async record(result, tests) {
      const kept = tests === undefined ? undefined : await keepTests(db, result.suite, tests)
      return await write(db, (trx) => record(trx, result, kept))
    },
    get: (key) => find(db, key),
    standing: (key) => readStanding(db, key),
    closeMissing: (missing) => closeMissingRuns(db, missing),
    unfinished: (query) => readUnfinished(db, query),

    async list({ suite, sha, outcome, fromAttempt = 0, limit }) {
      let query = db
        .selectFrom('results')
        .selectAll()
        .where('suite', '=', suite)
        .where('superseded', '=', 0)
        .where('attempt', '>=', fromAttempt)
      if (sha !== undefined) query = query.where('sha', '=', sha)
      if (outcome !== undefined) query = query.where('outcome', '=', outcome)
      const rows = await query.orderBy('attempt').orderBy('sha').limit(limit).execute()
      return rows.map(resultOf)
    },

    outcomes: (query) => readOutcomes(db, query),
    tally: async (suite, sha, below) => (await countOutcomes(db, suite, { sha, below })).get(sha) ?? emptyTally(),
    tallies: (suite) => countOutcomes(db, suite),
    machines: (query) => readMachines(db, query),
    hasSeveralMachines: (suite) => hasSeveralMachines(db, suite),

    async exitCodes(suite, sha) {
      const rows = await db
        .selectFrom('results')
        .select((eb) => ['exit_code', eb.fn.countAll<number | bigint | string>().as('runs')])
        .where('suite', '=', suite)
        .where('sha', '=', sha)
        .where('superseded', '=', 0)
        .where('outcome', 'in', ['passed', 'failed', 'timed_out', 'crashed'])
        .groupBy('exit_code')
        .orderBy('exit_code', (order) => order.asc().nullsFirst())
        .execute()
      return rows.map((row) => ({ exitCode: row.exit_code, runs: Number(row.runs) }))
    },
  }
}
