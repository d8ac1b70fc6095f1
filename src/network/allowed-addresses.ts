import { BlockList, isIP } from 'node:net'
import { endsInNumber, isHostName } from './host-name.ts'

const BITS = { 4: 32, 6: 128 } as const

/** Reads an address (`10.1.2.3`) or a range (`10.0.0.0/8`); undefined for anything else, addresses with a zone too. */
function parseRange(text: string) {
  const [address = '', prefix, ...more] = text.split('/')
  const version = isIP(address)
  if ((version !== 4 && version !== 6) || address.includes('%') || more.length > 0) return undefined
  const family = version === 4 ? ('ipv4' as const) : ('ipv6' as const)
  if (prefix === undefined) return { address, family, prefix: BITS[version] }
  if (!/^\d{1,3}$/.test(prefix) || Number(prefix) > BITS[version]) return undefined
  return { address, family, prefix: Number(prefix) }
}

/** Whether an entry is one that `allows` understands: a host name, an address, or a range of addresses. */
export const isAllowedEntry = (entry: string): boolean =>
  parseRange(entry) !== undefined || (isHostName(entry.toLowerCase()) && !endsInNumber(entry))

/**
 * Whether the entries let `host` be reached at `address`, private or not. A host that is named may have any address;
 * addresses and ranges hold whatever the host is called.
 */
export function allows(entries: readonly string[], host: string, address: string): boolean {
  if (entries.some((entry) => entry.toLowerCase() === host)) return true
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
  const list = new BlockList()
  for (const range of entries.flatMap((entry) => parseRange(entry) ?? [])) {
    // One list for both would match an IPv4-mapped address against IPv4 ranges.
    if (range.family === family) list.addSubnet(range.address, range.prefix, range.family)
  }
  return isIP(address) !== 0 && list.check(address, family)
}
