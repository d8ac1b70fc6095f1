import { CommitSuiteError, isOpen, type SuiteSpec } from '../contract/index.ts'
import { appendEvent, takeNumbers } from './events.ts'
import { storeSeeds } from './seeds.ts'
import type { NewExtension, StoredExtension } from './store.ts'
import { startedData } from './suite-started.ts'
import { type Database, suiteNotFound, type Write } from './write.ts'

/**
 * Puts an extension on record within a transaction: its seeds, the suite's new number of runs, and `suite.started` once
 * more; a suite that has ended is running again. Changes nothing where an extension of that number is on record.
 */
export async function extendSuite(trx: Write, id: string, extension: NewExtension): Promise<void> {
  // Locks the suite against its other writers before it is read.
  await takeNumbers(trx, id, 0)
  const row = await trx.selectFrom('suites').selectAll().where('id', '=', id).executeTakeFirst()
  if (row === undefined || row.expired === 1) throw suiteNotFound(id)
  const { number, seeds, errors, requestDigest } = extension
  if (row.extensions >= number) return
  if (row.extensions !== number - 1) throw conflict(id, number, row.extensions)
  const before: SuiteSpec = JSON.parse(row.spec)
  const spec: SuiteSpec = { ...before, runs: before.runs + seeds.length }
  const now = new Date()
  const idleMs = row.finished_at === null ? 0 : Math.max(0, now.getTime() - Date.parse(row.finished_at))
  await storeSeeds(trx, id, seeds, before.runs)
  await trx
    .insertInto('extensions')
    .values({
      ...{ suite: id, number, request_digest: requestDigest, runs: seeds.length, errors: errors ? 1 : 0 },
      first_attempt: before.runs,
      created_at: now.toISOString(),
    })
    .execute()
  await trx
    .updateTable('suites')
    .set({
      spec: JSON.stringify(spec),
      extensions: number,
      folded: null,
      logs_removed: null,
      idle_ms: Number(row.idle_ms) + idleMs,
      ...(isOpen(row.status) ? {} : { status: 'running', failure: null, finished_at: null }),
    })
    .where('id', '=', id)
    .execute()
  const data = startedData(spec)
  await appendEvent(trx, { suite: id, type: 'suite.started', subject: id, ordinal: number, data })
}

const conflict = (id: string, number: number, extensions: number): CommitSuiteError =>
  new CommitSuiteError(
    'extension_conflict',
    `Suite ${id} has ${extensions} extensions: number ${number} cannot be its next one.`,
    { field: 'number', value: number, rule: `must be ${extensions + 1}` },
  )

/** Undefined where there is none of that number. */
export async function readExtension(db: Database, id: string, number: number): Promise<StoredExtension | undefined> {
  const row = await db
    .selectFrom('extensions')
    .select(['request_digest', 'first_attempt'])
    .where('suite', '=', id)
    .where('number', '=', number)
    .executeTakeFirst()
  return row === undefined ? undefined : { requestDigest: row.request_digest, firstAttempt: row.first_attempt }
}
