import type { Selectable } from 'kysely'
import type { Spent } from '../../contract/http/sweeps.ts'
import type { SuiteSpec } from '../../contract/index.ts'
import type { TestState } from '../../stats/sweep/swept-test.ts'
import { type Database, insertSlices, write } from '../write.ts'
import type { StoredFiring, SweepStore } from './sweep-store.ts'
import type { SweepFiringTable } from './tables.ts'

function firingOf(row: Selectable<SweepFiringTable>): StoredFiring {
  const spent: Spent[] = JSON.parse(row.spent)
  const { id, sweep, at, status, failure, suite, runs, flaky, fixed, finished_at: finishedAt } = row
  return { id, sweep, at, finishedAt, status, failure, suite, runs, flaky, fixed, spent, plan: row.plan ?? undefined }
}

async function find(db: Database, id: string): Promise<StoredFiring | undefined> {
  const row = await db.selectFrom('sweep_firings').selectAll().where('id', '=', id).executeTakeFirst()
  return row === undefined ? undefined : firingOf(row)
}

async function known(db: Database, id: string): Promise<StoredFiring> {
  const firing = await find(db, id)
  if (firing !== undefined) return firing
  throw new Error(`firing ${id} is not on record`)
}

const begin =
  (db: Database): SweepStore['begin'] =>
  async ({ id, sweep, at }) =>
    write(db, async (trx) => {
      await trx
        .insertInto('sweep_firings')
        .values({
          ...{ id, sweep, at, finished_at: null, status: 'running', failure: null },
          ...{ suite: null, runs: 0, plan: null, spent: '[]', flaky: 0, fixed: 0 },
        })
        .onConflict((conflict) => conflict.column('id').doNothing())
        .execute()
      return await known(trx, id)
    })

const plan =
  (db: Database): SweepStore['plan'] =>
  async (id, { suite, runs, spent, plan: planned }) =>
    write(db, async (trx) => {
      await trx
        .updateTable('sweep_firings')
        .set({ suite, runs, spent: JSON.stringify(spent), plan: planned })
        .where('id', '=', id)
        .where('plan', 'is', null)
        .execute()
      return await known(trx, id)
    })

const end =
  (db: Database): SweepStore['end'] =>
  async (id, { status, failure, flaky, fixed, tests }) =>
    write(db, async (trx) => {
      const firing = await find(trx, id)
      if (firing?.status !== 'running') return
      await trx
        .updateTable('sweep_firings')
        .set({ status, failure: failure ?? null, flaky, fixed, finished_at: new Date().toISOString() })
        .where('id', '=', id)
        .execute()
      const { sweep } = firing
      const rows = [...tests].map(([test, state]) => ({ sweep, test, state: JSON.stringify(state) }))
      for (const slice of insertSlices(rows)) {
        await trx
          .insertInto('sweep_tests')
          .values(slice)
          .onConflict((conflict) =>
            conflict.columns(['sweep', 'test']).doUpdateSet((eb) => ({ state: eb.ref('excluded.state') })),
          )
          .execute()
      }
    })

async function last(db: Database, sweep: string): ReturnType<SweepStore['last']> {
  const newest = db.selectFrom('sweep_firings').where('sweep', '=', sweep).orderBy('at', 'desc').limit(1)
  const firing = await newest.select('at').executeTakeFirst()
  if (firing === undefined) return undefined
  // One that is planned may still have to be admitted: until then nobody could look at it.
  const started = await newest
    .innerJoin('suites', 'suites.id', 'sweep_firings.suite')
    .select('sweep_firings.suite')
    .executeTakeFirst()
  return { at: firing.at, suite: started?.suite ?? null }
}

const suitesAt =
  (db: Database): SweepStore['suitesAt'] =>
  async ({ repo, shas, key, limit }) => {
    const rows = await db
      .selectFrom('commits')
      .innerJoin('suites', 'suites.id', 'commits.suite')
      .select(['suites.spec', 'commits.sha'])
      .where('suites.repo', '=', repo)
      .where('commits.sha', 'in', shas)
      .$if(key !== undefined, (query) =>
        query.where((eb) => eb.or([eb('suites.owner', '=', key ?? null), eb('suites.owner', 'is', null)])),
      )
      .orderBy('suites.created_at', 'desc')
      .orderBy('suites.id')
      .limit(limit)
      .execute()
    return rows.map(({ spec, sha }) => {
      const parsed: SuiteSpec = JSON.parse(spec)
      return { spec: parsed, sha }
    })
  }

export function sweepStore(db: Database): SweepStore {
  return {
    begin: begin(db),
    plan: plan(db),
    get: (id) => find(db, id),
    end: end(db),
    async firings(sweep, limit) {
      const newest = db.selectFrom('sweep_firings').selectAll().where('sweep', '=', sweep)
      return (await newest.orderBy('at', 'desc').orderBy('id').limit(limit).execute()).map(firingOf)
    },
    async tests(sweep) {
      const rows = await db
        .selectFrom('sweep_tests')
        .select(['test', 'state'])
        .where('sweep', '=', sweep)
        .orderBy('test')
        .execute()
      return new Map(rows.map(({ test, state }): [string, TestState] => [test, JSON.parse(state)]))
    },
    last: (sweep) => last(db, sweep),
    suitesAt: suitesAt(db),
    async countOpen() {
      const { open } = await db
        .selectFrom('sweep_firings')
        .select((eb) => eb.fn.countAll<number | bigint | string>().as('open'))
        .where('status', '=', 'running')
        .executeTakeFirstOrThrow()
      return Number(open)
    },
  }
}
