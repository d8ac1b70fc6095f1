import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite'
import type { CompiledQuery, DatabaseConnection, QueryResult } from 'kysely'
import { whileBusy } from './busy.ts'
import { asStoreError } from './errors.ts'

const MOST_STATEMENTS = 200
/** Longer statements are multi-row inserts, whose text depends on the number of rows. */
const LONGEST_KEPT_SQL = 4_000

interface PreparedStatement {
  statement: StatementSync
  returnsRows: boolean
}

/** One SQLite connection as Kysely wants it; keeps prepared statements and waits for locks. */
export class NodeSqliteConnection implements DatabaseConnection {
  readonly #database: DatabaseSync
  readonly #path: string
  readonly #statements = new Map<string, PreparedStatement>()

  constructor(database: DatabaseSync, path: string) {
    this.#database = database
    this.#path = path
  }

  /** Once `begin immediate` holds the write lock, no later statement of the transaction finds it busy. */
  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    const parameters = query.parameters.map(toInput)
    try {
      return await whileBusy(() => this.#execute<R>(query.sql, parameters))
    } catch (error) {
      throw asStoreError(error, this.#path)
    }
  }

  /** Not offered: a statement kept open holds back the checkpoint of the log; callers read in pages. */
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    yield* []
    throw new TypeError('the store reads in pages')
  }

  #execute<R>(sql: string, parameters: SQLInputValue[]): QueryResult<R> {
    const { statement, returnsRows } = this.#prepare(sql)
    if (returnsRows) {
      // The query builder knows the type of the row; SQLite does not.
      return { rows: statement.all(...parameters) as R[] }
    }
    const { changes } = statement.run(...parameters)
    return { rows: [], numAffectedRows: BigInt(changes) }
  }

  #prepare(sql: string): PreparedStatement {
    const known = this.#statements.get(sql)
    if (known !== undefined) return known
    const statement = this.#database.prepare(sql)
    const prepared = { statement, returnsRows: statement.columns().length > 0 }
    if (sql.length <= LONGEST_KEPT_SQL) {
      if (this.#statements.size >= MOST_STATEMENTS) this.#statements.clear()
      this.#statements.set(sql, prepared)
    }
    return prepared
  }

  /** SQLite itself has already rolled back after some errors, a full disk among them. */
  rollback(): void {
    if (this.#database.isTransaction) this.#database.exec('rollback')
  }

  close(): void {
    this.#statements.clear()
    this.#database.close()
  }
}

function toInput(value: unknown): SQLInputValue {
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint')
    return value
  if (value instanceof Uint8Array) return value
  throw new TypeError(`not a value for the database: ${typeof value}`)
}
