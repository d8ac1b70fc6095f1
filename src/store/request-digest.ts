import { createHash } from 'node:crypto'
import type { SoundRequest } from '../contract/index.ts'

/** Digest of what was asked for, the id left out: the same request under one id joins, another is refused. */
export function requestDigest(request: SoundRequest): string {
  const { id: _id, ...asked } = request
  return createHash('sha256')
    .update(JSON.stringify(sorted(asked)))
    .digest('hex')
}

/** The same value with the keys of every object in order, so that their order in the request says nothing. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]))
}
