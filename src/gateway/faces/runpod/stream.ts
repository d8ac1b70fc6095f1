import { finished } from 'node:stream/promises'
import type { FastifyReply } from 'fastify'
import { parseRunId, type RunResult } from '../../../contract/index.ts'
import type { RecordReader, StoredSuite } from '../../../store/store.ts'
import type { JobStatus } from './job-state.ts'
import { fittingRows, streamLimit } from './output.ts'
import type { JobRow } from './row.ts'

export interface StreamDocument {
  status: JobStatus
  stream: { output: JobRow }[]
}

const EVENTS_AT_ONCE = 500
const ROWS_AT_ONCE = 100
/** Clients poll with a time-out of some seconds. */
const REPLY_BYTES = 5_000_000

/** Rows of runs that ended after an event of the suite, and the last event that was looked at. */
export async function rowsAfter(
  store: Pick<RecordReader, 'events' | 'results' | 'logs' | 'artifacts'>,
  suite: StoredSuite,
  after: number,
): Promise<{ rows: JobRow[]; position: number }> {
  const ended: RunResult[] = []
  let position = after
  for (;;) {
    const events = await store.events.read(suite.id, position, EVENTS_AT_ONCE)
    for (const { seq, type, data } of events) {
      if (ended.length === ROWS_AT_ONCE) break
      position = seq
      const key = type === 'run.finished' ? parseRunId(data.run) : undefined
      if (type !== 'run.finished' || key === undefined) continue
      const { attempt, generation } = key
      const result = await store.results.get({ suite: suite.id, sha: data.sha, attempt, generation })
      if (result !== undefined) ended.push(result)
    }
    if (events.length < EVENTS_AT_ONCE || ended.length === ROWS_AT_ONCE) break
  }
  return { rows: await fittingRows(store, ended, { perStream: streamLimit(suite), replyBytes: REPLY_BYTES }), position }
}

/** Longer than a client waits: one that reads nothing more does not keep others from their rows. */
const LONGEST_REPLY_MS = 30_000

/** Whether a reply has gone out as a whole; false where its client has gone, or takes too long. */
export async function wasSent(reply: FastifyReply): Promise<boolean> {
  try {
    await finished(reply.raw, { signal: AbortSignal.timeout(LONGEST_REPLY_MS) })
    return true
  } catch {
    return false
  }
}
