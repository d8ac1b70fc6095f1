import { isOwnAddress, isPublicAddress } from '../../../network/address-filter.ts'
import { addressesOf, type ResolvedAddress, type ResolveHost } from '../../../network/resolve-host.ts'
import type { Target } from './target.ts'

export interface EgressRules {
  /**
   * Hosts that may have private addresses (an own package registry): `registry.example`, `*.example`, either with
   * `:port` for a port beyond the usual ones.
   */
  allow: readonly string[]
  /** Ports that may be connected to. */
  ports: readonly number[]
  resolve: ResolveHost
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
  const [first, ...others] = await addressesOf(target.host, rules.resolve)
  if (first === undefined) return refuse(`${target.host} has no address`, 502)
  const refused = [first, ...others].find(({ address }) => !isPublicAddress(address) || isOwnAddress(address))
  if (!trusted && refused !== undefined) {
    return refuse(`${target.host} has the address ${refused.address}, which is private or of this host`)
  }
  return { allowed: true, addresses: [first, ...others] }
}
