import { invalidInput } from '../../contract/index.ts'
import type { RecordReader } from '../../store/store.ts'

interface PageQuery {
  /** Begins the id of the only commit that is wanted. */
  commit?: string | undefined
  cursor?: string | undefined
  limit: number
}

/** Reads up to `limit` rows of one commit; `next` is the place after the last of them. */
type ReadRows<T> = (place: { sha: string; from: number; limit: number }) => Promise<{ rows: T[]; next: number }>

interface Place {
  /** Of the commit in its suite. */
  position: number
  from: number
}

const COMMITS = 200

/** A cursor is `<position of the commit>-<place within it>`, the next row to look at. */
function parseCursor(cursor: string | undefined): Place {
  if (cursor === undefined) return { position: 0, from: 0 }
  const match = /^(\d{1,9})-(\d{1,9})$/.exec(cursor)
  if (match === null) throw invalidInput('cursor', cursor, 'is not the `next` of a page')
  return { position: Number(match[1]), from: Number(match[2]) }
}

/** A page of rows commit by commit; `next` where there may be more. Throws `commit_not_found`. */
export async function pageByCommit<T>(
  store: Pick<RecordReader, 'suites'>,
  suite: string,
  { commit, cursor, limit }: PageQuery,
  read: ReadRows<T>,
): Promise<{ rows: T[]; next: string | null }> {
  const place = parseCursor(cursor)
  const rows: T[] = []
  let found = commit === undefined
  let { position, from } = place
  for (;;) {
    const commits = await store.suites.commits(suite, position, COMMITS)
    for (const { sha, position: at } of commits) {
      if (commit === undefined || sha.startsWith(commit)) {
        found = true
        const wanted = limit - rows.length
        const page = await read({ sha, from, limit: wanted })
        rows.push(...page.rows)
        if (page.rows.length === wanted) return { rows, next: `${at}-${page.next}` }
      }
      from = 0
      position = at + 1
    }
    if (commits.length < COMMITS) break
  }
  if (!found && place.position === 0) {
    throw invalidInput('commit', commit ?? null, 'is not a commit of the suite', undefined, 'commit_not_found')
  }
  return { rows, next: null }
}
