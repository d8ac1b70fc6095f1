import type { ExpressionBuilder, Selectable } from 'kysely'
import { ISOLATION_STATUSES, type IsolationSpec, isOpen } from '../../contract/index.ts'
import type { IsolationState, OrderName } from '../../stats/isolation/state.ts'
import type { Schema } from '../schema.ts'
import type { SuiteOwner } from '../store.ts'
import { type Database, type Write, write } from '../write.ts'
import { appendIsolationEvent, lockIsolation, readIsolationEvents } from './events.ts'
import type {
  IsolationBeginning,
  IsolationLaunch,
  IsolationStore,
  QuestionsDecision,
  StoredIsolation,
} from './isolation-store.ts'
import { isolationNotFound } from './not-found.ts'
import { readOrder, renameOrder, storeOrder } from './orders.ts'
import type { IsolationTable } from './tables.ts'

function isolationOf(row: Selectable<IsolationTable>): StoredIsolation {
  const spec: IsolationSpec = JSON.parse(row.spec)
  const launch: IsolationLaunch | undefined = row.launch === null ? undefined : JSON.parse(row.launch)
  const state: IsolationState | undefined = row.state === null ? undefined : JSON.parse(row.state)
  return {
    ...{ id: row.id, spec, requestDigest: row.request_digest, status: row.status, failure: row.failure },
    ...{ createdAt: row.created_at, finishedAt: row.finished_at, launch, state },
    ...{ version: row.version, runs: row.runs, example: row.example },
  }
}

async function find(db: Database, id: string): Promise<StoredIsolation | undefined> {
  const row = await db.selectFrom('isolations').selectAll().where('id', '=', id).executeTakeFirst()
  return row === undefined ? undefined : isolationOf(row)
}

const create =
  (db: Database): IsolationStore['create'] =>
  async ({ spec, requestDigest }) =>
    write(db, async (trx) => {
      await trx
        .insertInto('isolations')
        .values({
          ...{ id: spec.id, repo: spec.repo, spec: JSON.stringify(spec), request_digest: requestDigest },
          ...{ status: 'queued', failure: null, owner: spec.network?.key ?? null },
          ...{ created_at: new Date().toISOString(), finished_at: null },
          ...{ launch: null, state: null, version: 0, runs: 0, example: null, last_seq: 0 },
        })
        .onConflict((conflict) => conflict.column('id').doNothing())
        .execute()
      const stored = await find(trx, spec.id)
      if (stored === undefined) throw isolationNotFound(spec.id)
      return stored
    })

/** Of that key; with `orNobodys` also what no key asked for. */
const ownedBy =
  ({ key, orNobodys }: SuiteOwner) =>
  (eb: ExpressionBuilder<Schema, 'isolations'>) =>
    orNobodys ? eb.or([eb('owner', '=', key), eb('owner', 'is', null)]) : eb('owner', '=', key)

/** Behind an isolation in lists, the newest first. */
const behind =
  ({ id, createdAt }: StoredIsolation) =>
  (eb: ExpressionBuilder<Schema, 'isolations'>) =>
    eb.or([eb('created_at', '<', createdAt), eb.and([eb('created_at', '=', createdAt), eb('id', '<', id)])])

const list =
  (db: Database): IsolationStore['list'] =>
  async ({ repo, status, owner, limit, cursor }) => {
    let query = db.selectFrom('isolations').selectAll()
    if (owner !== undefined) query = query.where(ownedBy(owner))
    if (repo !== undefined) query = query.where('repo', '=', repo)
    if (status !== undefined) query = query.where('status', 'in', status)
    if (cursor !== undefined) {
      const last = await find(db, cursor)
      if (last === undefined) throw isolationNotFound(cursor)
      query = query.where(behind(last))
    }
    const rows = await query.orderBy('created_at', 'desc').orderBy('id', 'desc').limit(limit).execute()
    return rows.map(isolationOf)
  }

async function begin(
  trx: Write,
  id: string,
  { spec, launch, state, orders, event }: IsolationBeginning,
): Promise<void> {
  const status = await lockIsolation(trx, id)
  if (status !== 'queued' || !(await appendIsolationEvent(trx, event))) return
  for (const name of ['failing', 'passing'] satisfies OrderName[]) {
    const order = orders[name]
    if (order !== undefined) await storeOrder(trx, id, name, order)
  }
  await trx
    .updateTable('isolations')
    .set({
      ...{ status: 'running', spec: JSON.stringify(spec), launch: JSON.stringify(launch) },
      ...{ state: JSON.stringify(state), version: 1 },
    })
    .where('id', '=', id)
    .execute()
}

async function decide(trx: Write, id: string, decision: QuestionsDecision): Promise<boolean> {
  const { version, state, runs, example, learnt, events } = decision
  const { numUpdatedRows } = await trx
    .updateTable('isolations')
    .set({ state: JSON.stringify(state), version: version + 1, runs, example })
    .where('id', '=', id)
    .where('version', '=', version)
    .executeTakeFirst()
  if (numUpdatedRows !== 1n) return false
  for (const name of ['failing', 'passing'] satisfies OrderName[]) {
    const question = learnt[name]
    if (question !== undefined) await renameOrder(trx, id, question, name)
  }
  for (const event of events) await appendIsolationEvent(trx, event)
  return true
}

const finish =
  (db: Database): IsolationStore['finish'] =>
  async (id, status, event, failure) =>
    write(db, async (trx) => {
      const current = await lockIsolation(trx, id)
      if (!isOpen(current) || !(await appendIsolationEvent(trx, event))) return
      const finished_at = new Date().toISOString()
      await trx
        .updateTable('isolations')
        .set({ status, failure: failure ?? null, finished_at })
        .where('id', '=', id)
        .execute()
    })

export function isolationStore(db: Database): IsolationStore {
  return {
    create: create(db),
    get: (id) => find(db, id),
    list: list(db),
    async countOpen(owner) {
      const { open } = await db
        .selectFrom('isolations')
        .select((eb) => eb.fn.countAll<number | bigint | string>().as('open'))
        .where('owner', '=', owner)
        .where('status', 'in', ISOLATION_STATUSES.filter(isOpen))
        .executeTakeFirstOrThrow()
      return Number(open)
    },
    begin: (id, beginning) => write(db, (trx) => begin(trx, id, beginning)),
    order: (id, name) => readOrder(db, id, name),
    learn: (id, question, order) => storeOrder(db, id, `question-${question}`, order),
    decide: (id, decision) => write(db, (trx) => decide(trx, id, decision)),
    finish: finish(db),
    readEvents: (id, after, limit) => readIsolationEvents(db, id, after, limit),
    async lastSeq(id) {
      const row = await db.selectFrom('isolations').select('last_seq').where('id', '=', id).executeTakeFirst()
      return row?.last_seq ?? 0
    },
    remove: async (id) => void (await db.deleteFrom('isolations').where('id', '=', id).execute()),
  }
}
