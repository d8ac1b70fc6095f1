import type { ExpressionBuilder, Selectable } from 'kysely'
import { isOpen, SUITE_STATUSES, type SuiteSpec, type Verdict, verdictSchema } from '../contract/index.ts'
import { countCommits, putCommits, readCommits } from './commits.ts'
import { appendEvent, takeNumbers } from './events.ts'
import { extendSuite, readExtension } from './extensions.ts'
import { removeSuiteRows } from './remove.ts'
import type { Schema, SuiteTable } from './schema.ts'
import { readSeeds, replaceSeeds, storeSeeds } from './seeds.ts'
import type { ArtifactStore, StoredSuite, SuiteOwner, SuiteStore } from './store.ts'
import { type Database, suiteNotFound, type Write, write } from './write.ts'

function suiteOf(row: Selectable<SuiteTable>): StoredSuite {
  const spec: SuiteSpec = JSON.parse(row.spec)
  return {
    id: row.id,
    spec,
    requestDigest: row.request_digest,
    status: row.status,
    failure: row.failure,
    createdAt: row.created_at,
    finishedAt: row.finished_at,
    extensions: row.extensions,
    idleMs: Number(row.idle_ms),
  }
}

async function find(db: Database, id: string): Promise<StoredSuite | undefined> {
  const row = await db.selectFrom('suites').selectAll().where('id', '=', id).executeTakeFirst()
  return row === undefined ? undefined : suiteOf(row)
}

const create =
  (db: Database): SuiteStore['create'] =>
  async ({ spec, requestDigest, seeds }) =>
    write(db, async (trx) => {
      const row: SuiteTable = {
        id: spec.id,
        repo: spec.repo,
        spec: JSON.stringify(spec),
        request_digest: requestDigest,
        status: 'queued',
        failure: null,
        created_at: new Date().toISOString(),
        finished_at: null,
        owner: spec.network?.key ?? null,
        part_of: spec.partOf === undefined ? null : `${spec.partOf.kind}/${spec.partOf.id}`,
        endpoint: spec.job?.endpoint ?? null,
        extensions: 0,
        idle_ms: 0,
        folded: null,
        logs_removed: null,
        expired: null,
      }
      const { numInsertedOrUpdatedRows } = await trx
        .insertInto('suites')
        .values(row)
        .onConflict((conflict) => conflict.column('id').doNothing())
        .executeTakeFirst()
      if (numInsertedOrUpdatedRows === 1n) {
        await trx.insertInto('event_counters').values({ suite: spec.id, last_seq: 0 }).execute()
        await storeSeeds(trx, spec.id, seeds)
      }
      return (await find(trx, spec.id)) ?? suiteOf(row)
    })

/** Of that key; with `orNobodys` also what no key asked for. */
const ownedBy =
  ({ key, orNobodys }: SuiteOwner) =>
  (eb: ExpressionBuilder<Schema, 'suites'>) =>
    orNobodys ? eb.or([eb('owner', '=', key), eb('owner', 'is', null)]) : eb('owner', '=', key)

const list =
  (db: Database): SuiteStore['list'] =>
  async ({ repo, status, owner, endpoint, partOf, limit, cursor }) => {
    let query = db.selectFrom('suites').selectAll()
    if (partOf === undefined) query = query.where('part_of', 'is', null)
    else if (partOf !== 'any') query = query.where('part_of', '=', partOf)
    if (owner !== undefined) query = query.where(ownedBy(owner))
    if (endpoint !== undefined) query = query.where('endpoint', '=', endpoint)
    if (repo !== undefined) query = query.where('repo', '=', repo)
    if (status !== undefined) query = query.where('status', 'in', status)
    if (cursor !== undefined) {
      const last = await db.selectFrom('suites').select('created_at').where('id', '=', cursor).executeTakeFirst()
      if (last === undefined) throw suiteNotFound(cursor)
      query = query.where((eb) =>
        eb.or([
          eb('created_at', '<', last.created_at),
          eb.and([eb('created_at', '=', last.created_at), eb('id', '<', cursor)]),
        ]),
      )
    }
    const rows = await query.orderBy('created_at', 'desc').orderBy('id', 'desc').limit(limit).execute()
    return rows.map(suiteOf)
  }

/** Ids hold digits, small letters and hyphens, all of which come before this one. */
const BEYOND_IDS = '~'

const lastOf =
  (db: Database): SuiteStore['lastOf'] =>
  async (prefix) => {
    const row = await db
      .selectFrom('suites')
      .selectAll()
      .where('id', '>=', prefix)
      .where('id', '<', `${prefix}${BEYOND_IDS}`)
      .orderBy('id', 'desc')
      .limit(1)
      .executeTakeFirst()
    return row === undefined ? undefined : suiteOf(row)
  }

/** A repeated call is known by its event and changes nothing: the suite may have moved on since. */
const setStatus =
  (db: Database): SuiteStore['setStatus'] =>
  async (id, status, event, failure) =>
    write(db, async (trx) => {
      // Locks the suite against its other writers before it is read.
      await takeNumbers(trx, id, 0)
      const current = await trx.selectFrom('suites').select('status').where('id', '=', id).executeTakeFirst()
      if (current === undefined) throw suiteNotFound(id)
      if (!isOpen(current.status)) return false
      if (event !== null && !(await appendEvent(trx, event)).appended) return false
      await trx
        .updateTable('suites')
        .set({
          status,
          failure: failure ?? null,
          finished_at: isOpen(status) ? null : new Date().toISOString(),
        })
        .where('id', '=', id)
        .execute()
      return true
    })

async function putVerdict(trx: Write, id: string, sha: string, ordinal: number, verdict: Verdict): Promise<void> {
  await appendEvent(trx, { suite: id, type: 'commit.verdict', subject: sha, ordinal, data: { sha, ...verdict } })
  const data = JSON.stringify(verdict)
  await trx
    .insertInto('verdicts')
    .values({ suite: id, sha, ordinal, data })
    .onConflict((conflict) =>
      conflict
        .columns(['suite', 'sha'])
        .doUpdateSet({ ordinal, data })
        // A late repetition of an older decision does not replace a newer one.
        .where('verdicts.ordinal', '<=', ordinal),
    )
    .execute()
}

async function settle(trx: Write, id: string, spec: SuiteSpec, seeds: readonly number[] | undefined): Promise<void> {
  await trx
    .updateTable('suites')
    .set({ spec: JSON.stringify(spec) })
    .where('id', '=', id)
    .execute()
  if (seeds !== undefined) await replaceSeeds(trx, id, seeds)
}

export function suiteStore(db: Database, artifacts: ArtifactStore): SuiteStore {
  return {
    create: create(db),
    get: (id) => find(db, id),
    list: list(db),
    lastOf: lastOf(db),
    setStatus: setStatus(db),
    settle: (id, spec, seeds) => write(db, (trx) => settle(trx, id, spec, seeds)),
    extend: (id, extension) => write(db, (trx) => extendSuite(trx, id, extension)),
    extension: (id, number) => readExtension(db, id, number),
    seeds: (id, from, to) => readSeeds(db, id, from, to),
    putCommits: (id, commits) => write(db, (trx) => putCommits(trx, id, commits)),
    commits: (id, from, limit) => readCommits(db, id, from, limit),
    countCommits: (id) => countCommits(db, id),
    async countEnded({ endpoint, owner }) {
      const rows = await db
        .selectFrom('suites')
        .select((eb) => ['status', eb.fn.countAll<number | bigint | string>().as('suites')])
        .where('endpoint', '=', endpoint)
        .where('owner', owner === null ? 'is' : '=', owner)
        .where('status', 'in', ['completed', 'failed'])
        .groupBy('status')
        .execute()
      const count = (status: string) => Number(rows.find((row) => row.status === status)?.suites ?? 0)
      return { completed: count('completed'), failed: count('failed') }
    },
    async countOpen(owner) {
      const { open } = await db
        .selectFrom('suites')
        .select((eb) => eb.fn.countAll<number>().as('open'))
        .where('owner', '=', owner)
        .where('part_of', 'is', null)
        .where('status', 'in', SUITE_STATUSES.filter(isOpen))
        .executeTakeFirstOrThrow()
      return Number(open)
    },
    putVerdict: (id, sha, ordinal, verdict) => write(db, (trx) => putVerdict(trx, id, sha, ordinal, verdict)),

    async verdict(id, sha) {
      const row = await db
        .selectFrom('verdicts')
        .innerJoin('suites', 'suites.id', 'verdicts.suite')
        .select('verdicts.data')
        .where('verdicts.suite', '=', id)
        .where('verdicts.sha', '=', sha)
        .whereRef('verdicts.ordinal', '>=', 'suites.extensions')
        .executeTakeFirst()
      return row === undefined ? undefined : verdictSchema.parse(JSON.parse(row.data))
    },

    async remove(id) {
      // Files first: as long as the suite is on record, an interrupted removal can be repeated.
      await artifacts.removeSuite(id)
      await removeSuiteRows(db, id)
    },
  }
}
