import type { ExpressionBuilder, Selectable } from 'kysely'
import { isOpen, SEARCH_STATUSES, type SearchSpec, searchStandingSchema } from '../../contract/index.ts'
import type { Schema } from '../schema.ts'
import type { SuiteOwner, TestStore } from '../store.ts'
import { type Database, write } from '../write.ts'
import { appendSearchEvent, lockSearch, readSearchEvents } from './events.ts'
import { readHistory } from './history.ts'
import { searchNotFound } from './not-found.ts'
import { readRange, storeRange } from './range.ts'
import { decideRound, readRounds } from './rounds.ts'
import { readObserved } from './run-evidence.ts'
import type { SearchStore, StoredSearch } from './search-store.ts'
import { seedsInUse } from './seeds-in-use.ts'
import type { SearchTable } from './tables.ts'

function searchOf(row: Selectable<SearchTable>): StoredSearch {
  const spec: SearchSpec = JSON.parse(row.spec)
  return {
    id: row.id,
    spec,
    requestDigest: row.request_digest,
    status: row.status,
    failure: row.failure,
    createdAt: row.created_at,
    finishedAt: row.finished_at,
    commits: row.commits,
    historyRuns: row.history_runs,
    standing: row.standing === null ? undefined : searchStandingSchema.parse(JSON.parse(row.standing)),
  }
}

async function find(db: Database, id: string): Promise<StoredSearch | undefined> {
  const row = await db.selectFrom('searches').selectAll().where('id', '=', id).executeTakeFirst()
  return row === undefined ? undefined : searchOf(row)
}

const create =
  (db: Database): SearchStore['create'] =>
  async ({ spec, requestDigest }) =>
    write(db, async (trx) => {
      await trx
        .insertInto('searches')
        .values({
          ...{ id: spec.id, repo: spec.repo, spec: JSON.stringify(spec), request_digest: requestDigest },
          ...{ status: 'queued', failure: null, owner: spec.network?.key ?? null },
          ...{ created_at: new Date().toISOString(), finished_at: null },
          ...{ commits: 0, history_runs: 0, standing: null, last_seq: 0 },
        })
        .onConflict((conflict) => conflict.column('id').doNothing())
        .execute()
      const stored = await find(trx, spec.id)
      if (stored === undefined) throw searchNotFound(spec.id)
      return stored
    })

/** Of that key; with `orNobodys` also what no key asked for. */
const ownedBy =
  ({ key, orNobodys }: SuiteOwner) =>
  (eb: ExpressionBuilder<Schema, 'searches'>) =>
    orNobodys ? eb.or([eb('owner', '=', key), eb('owner', 'is', null)]) : eb('owner', '=', key)

/** Behind a search in lists, the newest first. */
const behind =
  ({ id, createdAt }: StoredSearch) =>
  (eb: ExpressionBuilder<Schema, 'searches'>) =>
    eb.or([eb('created_at', '<', createdAt), eb.and([eb('created_at', '=', createdAt), eb('id', '<', id)])])

const list =
  (db: Database): SearchStore['list'] =>
  async ({ repo, status, owner, limit, cursor }) => {
    let query = db.selectFrom('searches').selectAll()
    if (owner !== undefined) query = query.where(ownedBy(owner))
    if (repo !== undefined) query = query.where('repo', '=', repo)
    if (status !== undefined) query = query.where('status', 'in', status)
    if (cursor !== undefined) {
      const last = await find(db, cursor)
      if (last === undefined) throw searchNotFound(cursor)
      query = query.where(behind(last))
    }
    const rows = await query.orderBy('created_at', 'desc').orderBy('id', 'desc').limit(limit).execute()
    return rows.map(searchOf)
  }

const begin =
  (db: Database): SearchStore['begin'] =>
  async (id, { spec, commits, event }) =>
    write(db, async (trx) => {
      const status = await lockSearch(trx, id)
      if (status !== 'queued' || !(await appendSearchEvent(trx, event))) return
      await storeRange(trx, id, commits)
      await trx
        .updateTable('searches')
        .set({
          status: 'running',
          spec: JSON.stringify(spec),
          commits: commits.length,
          history_runs: commits.reduce((sum, { prior }) => sum + prior.runs, 0),
        })
        .where('id', '=', id)
        .execute()
    })

const finish =
  (db: Database): SearchStore['finish'] =>
  async (id, status, event, failure) =>
    write(db, async (trx) => {
      const current = await lockSearch(trx, id)
      if (!isOpen(current) || !(await appendSearchEvent(trx, event))) return
      const finished_at = new Date().toISOString()
      await trx
        .updateTable('searches')
        .set({ status, failure: failure ?? null, finished_at })
        .where('id', '=', id)
        .execute()
    })

export function searchStore(db: Database, tests: TestStore): SearchStore {
  return {
    create: create(db),
    get: (id) => find(db, id),
    list: list(db),
    async countOpen(owner) {
      const { open } = await db
        .selectFrom('searches')
        .select((eb) => eb.fn.countAll<number | bigint | string>().as('open'))
        .where('owner', '=', owner)
        .where('status', 'in', SEARCH_STATUSES.filter(isOpen))
        .executeTakeFirstOrThrow()
      return Number(open)
    },
    begin: begin(db),
    commits: (id, page) => readRange(db, id, page),
    rounds: (id) => readRounds(db, id),
    decide: (id, decision) => write(db, (trx) => decideRound(trx, id, decision)),
    finish: finish(db),
    readEvents: (id, after, limit) => readSearchEvents(db, id, after, limit),
    async lastSeq(id) {
      const row = await db.selectFrom('searches').select('last_seq').where('id', '=', id).executeTakeFirst()
      return row?.last_seq ?? 0
    },
    remove: async (id) => void (await db.deleteFrom('searches').where('id', '=', id).execute()),
    history: (query) => readHistory(db, tests, query),
    observed: (query) => readObserved(db, tests, query),
    seedsInUse: (repo, seeds) => seedsInUse(db, repo, seeds),
  }
}
