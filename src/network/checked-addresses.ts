import { isOwnAddress, isPublicAddress } from './address-filter.ts'
import { allows } from './allowed-addresses.ts'
import { addressesOf, type ResolvedAddress, type ResolveHost } from './resolve-host.ts'

export interface AddressRules {
  /** Host names, addresses and ranges that may be reached although they are private or this machine's. */
  allowedAddresses: readonly string[]
  resolve: ResolveHost
}

type AddressCheck =
  | { ok: true; addresses: [ResolvedAddress, ...ResolvedAddress[]] }
  | { ok: false; problem: 'unresolved' | 'private' }

/**
 * Resolves a host once and checks every answer: connect to the addresses that are returned and resolve nothing again.
 * One refused address among the answers refuses them all, so that luck decides nothing.
 */
export async function checkAddresses(host: string, rules: AddressRules): Promise<AddressCheck> {
  const [first, ...others] = await addressesOf(host, rules.resolve)
  if (first === undefined) return { ok: false, problem: 'unresolved' }
  const mayBeReached = ({ address }: ResolvedAddress): boolean =>
    allows(rules.allowedAddresses, host, address) || (isPublicAddress(address) && !isOwnAddress(address))
  const addresses: [ResolvedAddress, ...ResolvedAddress[]] = [first, ...others]
  return addresses.every(mayBeReached) ? { ok: true, addresses } : { ok: false, problem: 'private' }
}
