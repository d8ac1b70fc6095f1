import type { Operation } from '../contract/http/operation.ts'
import { invalidInput } from '../contract/index.ts'
import type { Settings } from './options.ts'

/** What is passed to an operation, whichever it is. */
export interface Input {
  params?: object | undefined
  query?: object | undefined
  headers?: object | undefined
  body?: unknown
}

const TOKEN = 'idempotency-key'

/**
 * An operation with its input as a request. Where the operation knows an idempotency key, there always is one, so that
 * the request may be sent again.
 */
export function requestFor(
  { url, key }: Pick<Settings, 'url' | 'key'>,
  operation: Operation,
  { params = {}, query = {}, headers = {}, body }: Input,
): { url: string; init: { method: string; headers: Record<string, string>; body?: string } } {
  const given = new URLSearchParams(texts(query))
  const search = given.size === 0 ? '' : `?${given}`
  const token = operation.schema.headers !== undefined && TOKEN in operation.schema.headers.shape
  return {
    url: `${url}${pathOf(operation.url, params)}${search}`,
    init: {
      method: operation.method,
      headers: {
        ...(operation.method === 'POST' || operation.method === 'PATCH' ? { 'content-type': 'application/json' } : {}),
        ...(token ? { [TOKEN]: crypto.randomUUID() } : {}),
        ...texts(headers),
        ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
      },
      ...(body === undefined || body === null ? {} : { body: JSON.stringify(body) }),
    },
  }
}

const texts = (fields: object): Record<string, string> =>
  Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  )

function pathOf(pattern: string, params: object): string {
  const value = (name: string): string => String(Reflect.get(params, name))
  return pattern.replace(/:(\w+)|\*/g, (place, name: string | undefined) => {
    if (name !== undefined) return segment(name, value(name))
    const parts = value(place).split('/')
    return parts.map((part) => segment('path', part)).join('/')
  })
}

/** However it is written, a part of dots would lead to another call. */
function segment(name: string, text: string): string {
  if (text === '' || text === '.' || text === '..') throw invalidInput(name, text, 'is not a name')
  return encodeURIComponent(text)
}
