import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'

export interface ResolvedAddress {
  address: string
  family: 4 | 6
}

/** Gives every address of a host name, in the order of preference; throws or gives none where it has none. */
export type ResolveHost = (host: string) => Promise<ResolvedAddress[]>

/** The system's own resolution: hosts file, then DNS. */
export const resolveHost: ResolveHost = async (host) => {
  const answers = await lookup(host, { all: true })
  return answers.map(({ address, family }) => ({ address, family: family === 6 ? 6 : 4 }))
}

/** The addresses of a host, which may be an address itself; none where it cannot be resolved. */
export async function addressesOf(host: string, resolve: ResolveHost): Promise<ResolvedAddress[]> {
  const family = isIP(host)
  if (family === 4 || family === 6) return [{ address: host, family }]
  try {
    return await resolve(host)
  } catch {
    return []
  }
}
