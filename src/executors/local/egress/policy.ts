import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { isOwnAddress, isPublicAddress } from './address-filter.ts'
import type { Target } from './target.ts'

export interface ResolvedAddress {
  address: string
  family: 4 | 6
}

export interface EgressRules {
  /**
   * Hosts that may have private addresses (an own package registry): `registry.example`, `*.example`, either with
   * `:port` for a port beyond the usual ones.
   */
  allow: readonly string[]
  /** Ports that may be connected to. */
  ports: readonly number[]
  resolve(host: string): Promise<ResolvedAddress[]>
}

type Decision =
  | { allowed: true; addresses: [ResolvedAddress, ...ResolvedAddress[]] }
  | { allowed: false; status: 403 | 502; reason: string }

const refuse = (reason: string, status: 403 | 502 = 403): Decision => ({ allowed: false, status, reason })

function matchesPattern(pattern: string, { host, port }: Target, ports: readonly number[]): boolean {
  const match = /^(.*?)(?::(\d+))?$/.exec(pattern.trim().toLowerCase())
  const name = match?.[1] ?? ''
  const portFits = match?.[2] === undefined ? ports.includes(port) : Number(match[2]) === port
  return portFits && (name.startsWith('*.') ? host.endsWith(name.slice(1)) : name === host)
}

/**
 * Decides about one connection. The answer holds the addresses that were checked: connect to these and resolve
 * nothing again. One private address among the answers refuses them all.
 */
export async function decide(target: Target, rules: EgressRules): Promise<Decision> {
  const trusted = rules.allow.some((pattern) => matchesPattern(pattern, target, rules.ports))
  if (!trusted && !rules.ports.includes(target.port)) return refuse(`port ${target.port} is not allowed`)
  const [first, ...others] = await addressesOf(target.host, rules)
  if (first === undefined) return refuse(`${target.host} has no address`, 502)
  const refused = [first, ...others].find(({ address }) => !isPublicAddress(address) || isOwnAddress(address))
  if (!trusted && refused !== undefined) {
    return refuse(`${target.host} has the address ${refused.address}, which is private or of this host`)
  }
  return { allowed: true, addresses: [first, ...others] }
}

async function addressesOf(host: string, rules: EgressRules): Promise<ResolvedAddress[]> {
  const family = isIP(host)
  if (family === 4 || family === 6) return [{ address: host, family }]
  try {
    return await rules.resolve(host)
  } catch {
    return []
  }
}

/** The system's own resolution: hosts file, then DNS. */
export async function resolveHost(host: string): Promise<ResolvedAddress[]> {
  const answers = await lookup(host, { all: true })
  return answers.map(({ address, family }) => ({ address, family: family === 6 ? 6 : 4 }))
}
