import {
  ColumnDefinitionNode,
  type DatabaseConnection,
  type DataTypeNode,
  type Dialect,
  type Driver,
  type Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
} from 'kysely'
import { type ConnectionOptions, PostgresConnection } from './connection.ts'

/** Texts are compared and ordered by their bytes, as SQLite does, whatever the database was made with. */
class BytewiseQueryCompiler extends PostgresQueryCompiler {
  protected override visitDataType(node: DataTypeNode): void {
    super.visitDataType(node)
    const isColumn = this.parentNode !== undefined && ColumnDefinitionNode.is(this.parentNode)
    if (isColumn && node.dataType === 'text') this.append(' collate "C"')
  }
}

class PostgresDriver implements Driver {
  readonly #options: ConnectionOptions

  constructor(options: ConnectionOptions) {
    this.#options = options
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<PostgresConnection> {
    return new PostgresConnection(this.#options)
  }

  async releaseConnection(): Promise<void> {}

  beginTransaction = (connection: DatabaseConnection): Promise<void> => own(connection).begin()
  commitTransaction = (connection: DatabaseConnection): Promise<void> => own(connection).commit()
  rollbackTransaction = (connection: DatabaseConnection): Promise<void> => own(connection).rollback()

  async destroy(): Promise<void> {
    await this.#options.pool.end()
  }
}

function own(connection: DatabaseConnection): PostgresConnection {
  if (connection instanceof PostgresConnection) return connection
  throw new TypeError('a connection of another driver')
}

/** Kysely on PostgreSQL, with the pool, the errors and the patience of the store. */
export class StorePostgresDialect implements Dialect {
  readonly #options: ConnectionOptions

  constructor(options: ConnectionOptions) {
    this.#options = options
  }

  createDriver(): Driver {
    return new PostgresDriver(this.#options)
  }

  createAdapter(): PostgresAdapter {
    return new PostgresAdapter()
  }

  createQueryCompiler(): PostgresQueryCompiler {
    return new BytewiseQueryCompiler()
  }

  createIntrospector(db: Kysely<unknown>): PostgresIntrospector {
    return new PostgresIntrospector(db)
  }
}
