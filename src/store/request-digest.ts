import { createHash } from 'node:crypto'
import type { SoundExtension, SoundIsolation, SoundRequest, SoundSearch, SoundSweep } from '../contract/index.ts'

/** Digest of what was asked for, the id left out: the same request under one id joins, another is refused. */
export function requestDigest(request: SoundRequest): string {
  const { id: _id, ...asked } = request
  return digestOf(asked)
}

/** The same for a search; never that of a suite. */
export function searchDigest(request: SoundSearch): string {
  const { id: _id, ...asked } = request
  return digestOf({ search: asked })
}

/** The same for an isolation; never that of a suite or search. */
export function isolationDigest(request: SoundIsolation): string {
  const { id: _id, ...asked } = request
  return digestOf({ isolation: asked })
}

/** The same for a sweep, its name included. */
export const sweepDigest = (request: SoundSweep): string => digestOf({ sweep: request })

/** The same for an extension. */
export const extensionDigest = ({ runs, seeds = [], errors }: SoundExtension): string =>
  digestOf({ runs, seeds, errors })

const digestOf = (asked: object): string =>
  createHash('sha256')
    .update(JSON.stringify(sorted(asked)))
    .digest('hex')

/** The same value with the keys of every object in order, so that their order in the request says nothing. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]))
}
