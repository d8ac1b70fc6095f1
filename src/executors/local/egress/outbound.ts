import type { LookupFunction } from 'node:net'
import type { ResolvedAddress } from '../../../network/resolve-host.ts'
import type { Target } from './target.ts'

export const CONNECT_TIMEOUT_MS = 15_000
export const IDLE_TIMEOUT_MS = 120_000

/** Told once per connection that was refused or failed. */
export type Log = (entry: Target & { reason: string }) => void

/** Answers with what was checked, whatever the name resolves to by now. */
export const pinned =
  (addresses: [ResolvedAddress, ...ResolvedAddress[]]): LookupFunction =>
  (_host, { all }, callback) =>
    all ? callback(null, [...addresses]) : callback(null, addresses[0].address, addresses[0].family)
