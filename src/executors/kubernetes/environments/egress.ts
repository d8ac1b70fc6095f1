import { isIP } from 'node:net'
import { invalidInput } from '../../../contract/index.ts'

/**
 * Where the set-up of a commit may connect to; DNS of the cluster comes with all but `none`. `internet` is
 * everything but private, link-local (cloud metadata), loopback and other special addresses. `ports` are TCP ports;
 * without them any port.
 */
export type EgressPolicy = 'none' | 'internet' | { cidrs: string[]; ports?: number[] }

const REMEDY = 'Give none, internet, or a list such as 10.20.0.0/16,2001:db8::/32,:443 (ports with a colon).'
const MOST_PORTS = 100

/**
 * Reads `none`, `internet`, or CIDRs, addresses and `:port`s with commas or blanks between them; `internet` where
 * nothing is set. Throws `config_invalid` with the field, the part that is wrong and the rule.
 */
export function parseEgress(text: string | undefined, field = 'COMMIT_SUITE_KUBERNETES_EGRESS'): EgressPolicy {
  const words = (text ?? '').split(/[\s,]+/).filter((word) => word !== '')
  const [first = 'internet'] = words
  if (words.length <= 1 && (first === 'none' || first === 'internet')) return first
  const cidrs = new Set<string>()
  const ports = new Set<number>()
  for (const word of words) {
    if (word.startsWith(':')) ports.add(portOf(word, field))
    else cidrs.add(cidrOf(word, field))
  }
  if (cidrs.size === 0) throw invalid(field, text, 'names ports but no addresses')
  if (ports.size > MOST_PORTS) throw invalid(field, text, `names more than ${MOST_PORTS} ports`)
  return { cidrs: [...cidrs], ...(ports.size > 0 && { ports: [...ports] }) }
}

const invalid = (field: string, value: unknown, rule: string) =>
  invalidInput(field, value, rule, REMEDY, 'config_invalid')

function portOf(word: string, field: string): number {
  const port = Number(word.slice(1))
  if (/^:\d{1,5}$/.test(word) && port >= 1 && port <= 65_535) return port
  throw invalid(field, word, 'a port must be from :1 to :65535')
}

/** A single address stands for itself. */
function cidrOf(word: string, field: string): string {
  const [address = '', prefix, ...more] = word.split('/')
  const bits = { 0: 0, 4: 32, 6: 128 }[isIP(address)] ?? 0
  // A zone, as in fe80::1%eth0, names an interface of one machine.
  if (bits === 0 || address.includes('%') || more.length > 0) throw invalid(field, word, 'is not an address or CIDR')
  if (prefix === undefined) return `${address}/${bits}`
  if (!/^\d{1,3}$/.test(prefix) || Number(prefix) > bits) {
    throw invalid(field, word, `the prefix must be a number from 0 to ${bits}`)
  }
  return word
}
