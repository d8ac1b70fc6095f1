import { Pool, types } from 'pg'

/** Connections of one process; a worker's transactions are short, and a server takes 100 unless told otherwise. */
const MOST_CONNECTIONS = 10
const CONNECT_WITHIN_MS = 10_000
/** Behind a network that swallows everything, a statement would otherwise never end. */
const ANSWER_WITHIN_MS = 5 * 60_000
const KEEP_ALIVE_AFTER_MS = 10_000

/** A number where it is exact as one. */
function parseBigint(text: string): number | bigint {
  const number = Number(text)
  return Number.isSafeInteger(number) ? number : BigInt(text)
}

/** Connections to the database of a URL; what that leaves out comes from PGPASSWORD, PGPASSFILE and the like. */
export function connectionPool(url: string, readOnly: boolean): Pool {
  const pool = new Pool({
    connectionString: url,
    fallback_application_name: 'commit-suite',
    max: MOST_CONNECTIONS,
    connectionTimeoutMillis: CONNECT_WITHIN_MS,
    query_timeout: ANSWER_WITHIN_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_AFTER_MS,
    allowExitOnIdle: true,
    types: {
      getTypeParser: (oid, format) =>
        oid === types.builtins.INT8 && format !== 'binary' ? parseBigint : types.getTypeParser(oid, format),
    },
    ...(readOnly ? { onConnect: (client) => client.query('set default_transaction_read_only = on') } : {}),
  })
  // An idle connection that ends, and one in use that ends between two statements, say so here; the next statement fails
  // by itself. Without listeners the process would end.
  pool.on('error', () => undefined)
  pool.on('connect', (client) => client.on('error', () => undefined))
  return pool
}
