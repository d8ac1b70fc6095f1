import type { OperationOutput } from '../../contract/http/operation.ts'
import type { Operations } from '../../contract/http/operations.ts'
import { errorOf, unreachable } from './api-error.ts'

/** What an operation answers, by its name in the table of operations. */
export type Answer<N extends keyof Operations> = OperationOutput<Operations[N]>

export interface RequestOptions {
  signal?: AbortSignal | undefined
  /** Of a write that must not happen twice. */
  idempotencyKey?: string
}

/** Reads JSON. Throws `ApiError`, or the reason of the signal once that is aborted. */
export async function getJson<T>(path: string, { signal }: RequestOptions = {}): Promise<T> {
  const response = await send('GET', path, undefined, { signal })
  return await response.json()
}

/** Writes, and gives what is answered. Throws as `getJson` does. */
export async function sendJson<T>(
  method: 'POST' | 'PATCH' | 'DELETE',
  path: string,
  body?: unknown,
  options: RequestOptions = {},
): Promise<T> {
  const response = await send(method, path, body, options)
  return await response.json()
}

/** Writes where nothing is answered, or nobody asks what. Throws as `getJson` does. */
export async function sendOnly(
  method: 'POST' | 'PATCH' | 'DELETE',
  path: string,
  body?: unknown,
  options: RequestOptions = {},
): Promise<void> {
  await send(method, path, body, options)
}

/** The answer as soon as it begins, for what comes piece by piece. Throws as `getJson` does. */
export const openStream = (
  path: string,
  headers: Record<string, string>,
  signal: AbortSignal | undefined,
): Promise<Response> => send('GET', path, undefined, { signal }, headers)

async function send(
  method: string,
  path: string,
  body: unknown,
  { signal, idempotencyKey }: RequestOptions,
  headers: Record<string, string> = {},
): Promise<Response> {
  const response = await fetch(path, {
    method,
    headers: {
      ...headers,
      ...(method === 'GET' ? {} : { 'content-type': 'application/json' }),
      ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
    },
    cache: 'no-store',
    ...(signal === undefined ? {} : { signal }),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  }).catch(() => {
    if (signal?.aborted === true) throw signal.reason
    throw unreachable()
  })
  if (response.ok) return response
  throw await errorOf(response)
}

/** `/v1/suites` with what is set of a query. */
export function withQuery(path: string, query: Record<string, string | number | undefined>): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== '') search.set(name, String(value))
  }
  const text = search.toString()
  return text === '' ? path : `${path}?${text}`
}

/** Ids in a path. */
export const inPath = encodeURIComponent
