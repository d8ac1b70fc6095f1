import type { CompiledQuery, DatabaseConnection, QueryResult } from 'kysely'
import type { Pool, PoolClient } from 'pg'
import { StoreInterrupted, whileInterrupted } from '../interruption.ts'
import { faultOf, messageOf, tooLong, unavailable } from './errors.ts'

/**
 * Locks are taken before what they guard is read, so that each statement has to see what others have committed. The limits
 * hold for the transaction alone, whatever stands between us and the server.
 */
const BEGIN =
  "begin isolation level read committed; set local lock_timeout = '60s'; " +
  "set local idle_in_transaction_session_timeout = '60s'"

export interface ConnectionOptions {
  pool: Pool
  /** Stands in messages. */
  place: string
  readOnly: boolean
  /** For how long a statement or transaction is tried again while the database is away. */
  patienceMs: number
}

interface Statement {
  sql: string
  values: unknown[]
  /** Whether it may be sent again where nobody knows what became of it. */
  repeatable: boolean
}

/**
 * What Kysely takes for a connection. Outside of a transaction each statement takes one of the pool's, and another one
 * where that is lost, if nothing can have been written; in a transaction the caller has to begin again (`write`).
 */
export class PostgresConnection implements DatabaseConnection {
  readonly #options: ConnectionOptions
  /** In a transaction. */
  #client: PoolClient | undefined
  #isLost = false

  constructor(options: ConnectionOptions) {
    this.#options = options
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    const client = this.#client
    const isRead = query.query.kind === 'SelectQueryNode'
    const values = query.parameters.map(toParameter)
    const statement = { sql: query.sql, values, repeatable: isRead || client !== undefined }
    if (client !== undefined) return await this.#run(client, statement)
    return await whileInterrupted(() => this.#withClient((one) => this.#run<R>(one, statement)))
  }

  /** Not offered: callers read in pages, on every database. */
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    yield* []
    throw new TypeError('the store reads in pages')
  }

  async begin(): Promise<void> {
    this.#client = await whileInterrupted(async () => {
      const client = await this.#connect()
      try {
        await this.#send(client, BEGIN, [], true)
        return client
      } catch (error) {
        client.release(true)
        this.#isLost = false
        throw error
      }
    })
  }

  /** Where the connection is lost meanwhile, nobody knows whether the server has committed: the caller has to look. */
  async commit(): Promise<void> {
    if (this.#client === undefined) return
    const { command } = await this.#send(this.#client, 'commit', [], false)
    // So the server answers where an earlier statement has failed.
    if (command === 'ROLLBACK') throw new TypeError('a transaction went on after one of its statements had failed')
    this.#release()
  }

  /** A lost connection has rolled back by itself. */
  async rollback(): Promise<void> {
    try {
      if (!this.#isLost) await this.#client?.query('rollback')
    } catch {
      this.#isLost = true
    }
    this.#release()
  }

  #release(): void {
    this.#client?.release(this.#isLost)
    this.#client = undefined
    this.#isLost = false
  }

  async #connect(): Promise<PoolClient> {
    const { pool, place } = this.#options
    try {
      return await pool.connect()
    } catch (error) {
      throw faultOf(error) === 'lost' ? this.#interrupted(error) : unavailable(place, error)
    }
  }

  async #withClient<T>(use: (client: PoolClient) => Promise<T>): Promise<T> {
    const client = await this.#connect()
    try {
      return await use(client)
    } finally {
      client.release(this.#isLost)
      this.#isLost = false
    }
  }

  async #run<R>(client: PoolClient, { sql, values, repeatable }: Statement): Promise<QueryResult<R>> {
    const { command, rowCount, rows } = await this.#send(client, sql, values, repeatable)
    return CHANGES.has(command) ? { rows, numAffectedRows: BigInt(rowCount ?? 0) } : { rows }
  }

  async #send(client: PoolClient, sql: string, values: unknown[], repeatable: boolean) {
    try {
      // Several statements in one text go without parameters only.
      return await (values.length === 0 ? client.query(sql) : client.query(sql, values))
    } catch (error) {
      const fault = faultOf(error, this.#options.readOnly)
      if (fault === 'statement') throw error
      if (fault === 'too long') throw tooLong(this.#options.place, error)
      if (fault === 'lost') this.#isLost = true
      if (fault === 'taken back' || (fault === 'lost' && repeatable)) throw this.#interrupted(error)
      throw unavailable(this.#options.place, error)
    }
  }

  #interrupted(error: unknown): StoreInterrupted {
    const { place, patienceMs } = this.#options
    return new StoreInterrupted(messageOf(place, error), patienceMs, error)
  }
}

const CHANGES: ReadonlySet<string> = new Set(['INSERT', 'UPDATE', 'DELETE'])

/** Text with a NUL is refused by the server, and it comes from tests: the sign for "no character" stands for it. */
function toParameter(value: unknown): unknown {
  if (typeof value === 'string') return value.includes('\0') ? value.replaceAll('\0', '\ufffd') : value
  if (value === null || typeof value === 'number' || typeof value === 'bigint') return value
  if (value instanceof Uint8Array) return value
  throw new TypeError(`not a value for the database: ${typeof value}`)
}
