import { BlockList, isIP } from 'node:net'
import { networkInterfaces } from 'node:os'

/**
 * IPv4 ranges that are not the public internet (IANA special-purpose registry): this network, private, carrier-grade
 * NAT, loopback, link-local with the clouds' metadata service, protocol assignments, 6to4 relays, benchmarks,
 * multicast, reserved and broadcast. The documentation ranges are routed nowhere and stay out.
 */
const REFUSED_IPV4 = [
  ...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12'],
  ...['192.0.0.0/24', '192.88.99.0/24', '192.168.0.0/16', '198.18.0.0/15', '224.0.0.0/4', '240.0.0.0/4'],
]

/**
 * The same for IPv6: unspecified, loopback and IPv4-compatible, IPv4-mapped and -translated, NAT64 (an IPv4 address
 * in disguise), discard-only, Teredo and ORCHID, 6to4, unique local (with fd00:ec2::254), link-local, site-local,
 * multicast.
 */
const REFUSED_IPV6 = [
  ...['::/96', '::ffff:0:0/96', '::ffff:0:0:0/96', '64:ff9b::/96', '64:ff9b:1::/48', '100::/64', '2001::/23'],
  ...['2002::/16', '5f00::/16', 'fc00::/7', 'fe80::/10', 'fec0::/10', 'ff00::/8'],
]

/** Two lists: one list would match an IPv4 address against IPv4-mapped subnets, that is, always. */
function blockList(ranges: readonly string[], family: 'ipv4' | 'ipv6'): BlockList {
  const list = new BlockList()
  for (const range of ranges) {
    const [network = '', prefix] = range.split('/')
    list.addSubnet(network, Number(prefix), family)
  }
  return list
}

const refusedIpv4 = blockList(REFUSED_IPV4, 'ipv4')
const refusedIpv6 = blockList(REFUSED_IPV6, 'ipv6')

/** Whether an address is on the public internet, as far as its range tells; false for anything that is no address. */
export function isPublicAddress(address: string): boolean {
  // A zone (fe80::1%eth0) exists only on links of this host.
  if (address.includes('%')) return false
  const family = isIP(address)
  if (family === 4) return !refusedIpv4.check(address, 'ipv4')
  return family === 6 && !refusedIpv6.check(address, 'ipv6')
}

/** Whether an address belongs to this host: its services are not for code under test, public address or not. */
export function isOwnAddress(address: string): boolean {
  const own = new BlockList()
  for (const { address: local, family } of Object.values(networkInterfaces()).flatMap((list) => list ?? [])) {
    own.addAddress(local, family === 'IPv4' ? 'ipv4' : 'ipv6')
  }
  const family = isIP(address)
  return family !== 0 && own.check(address, family === 4 ? 'ipv4' : 'ipv6')
}
