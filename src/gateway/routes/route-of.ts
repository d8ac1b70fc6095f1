import type { FastifyRequest } from 'fastify'
import type { Operation } from '../../contract/http/operation.ts'
import { CommitSuiteError } from '../../contract/index.ts'
import type { Caller } from '../auth/caller.ts'

/** An operation as the beginning of a Fastify route; the handler's types follow from its schema. */
export const routeOf = <const O extends Operation>(operation: O) => ({
  method: operation.method as O['method'],
  url: operation.url as O['url'],
  schema: operation.schema as O['schema'],
  config: { role: operation.role, operation },
})

/** The caller of a route that needs one. */
export function callerOf({ caller }: FastifyRequest): Caller {
  if (caller !== null) return caller
  throw new CommitSuiteError('internal', 'A route that needs a caller was reached without one.')
}
