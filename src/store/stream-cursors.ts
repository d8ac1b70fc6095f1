import { type Database, write } from './write.ts'

/** How far the rows of jobs were handed out. */
export interface StreamCursors {
  /** Undefined where the job has no cursor. */
  get(job: string): Promise<number | undefined>
  /** Makes a cursor at 0 where there is none. */
  open(job: string): Promise<void>
  /** Moves a cursor that stands at `from`; false where another reader has moved it already. */
  advance(job: string, from: number, to: number): Promise<boolean>
}

/** Names the cursor of a job: that it is there says that the job was accepted, where, and from whom. */
export const jobCursor = (job: { id: string; endpoint: string; owner: string | null }): string =>
  [job.endpoint, job.owner ?? '', job.id].join('/')

export function streamCursors(db: Database): StreamCursors {
  return {
    async get(job) {
      const row = await db.selectFrom('stream_cursors').select('position').where('job', '=', job).executeTakeFirst()
      return row?.position
    },
    async open(job) {
      await db
        .insertInto('stream_cursors')
        .values({ job, position: 0 })
        .onConflict((conflict) => conflict.column('job').doNothing())
        .execute()
    },
    advance: (job, from, to) =>
      write(db, async (trx) => {
        const { numUpdatedRows } = await trx
          .updateTable('stream_cursors')
          .set({ position: to })
          .where('job', '=', job)
          .where('position', '=', from)
          .executeTakeFirst()
        return numUpdatedRows === 1n
      }),
  }
}
