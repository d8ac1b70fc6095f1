import { CommitSuiteError } from '../../contract/index.ts'

/** Primary result codes of https://sqlite.org/rescode.html; the extended code holds the primary in its low byte. */
const SQLITE_ERROR = 1
const SQLITE_BUSY = 5
const SQLITE_CONSTRAINT = 19
const SQLITE_MISMATCH = 20
const SQLITE_MISUSE = 21
const SQLITE_RANGE = 25
/** These are faults of ours in the statement, not of the database. */
const FAULTS_OF_STATEMENTS: readonly number[] = [
  SQLITE_ERROR,
  SQLITE_CONSTRAINT,
  SQLITE_MISMATCH,
  SQLITE_MISUSE,
  SQLITE_RANGE,
]

function resultCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return undefined
  return error.errcode & 0xff
}

/** True where another connection holds the lock that is wanted. */
export const isBusy = (error: unknown): boolean => resultCode(error) === SQLITE_BUSY

/** Turns what SQLite says about its file (full, unreadable, locked, corrupt) into `store_unavailable`; leaves the rest. */
export function asStoreError(error: unknown, path: string): unknown {
  const code = resultCode(error)
  if (code === undefined || !(error instanceof Error) || FAULTS_OF_STATEMENTS.includes(code)) return error
  return new CommitSuiteError(
    'store_unavailable',
    `the result database ${path}: ${error.message}`,
    {},
    { cause: error },
  )
}
