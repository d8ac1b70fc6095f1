import { BlockList } from 'node:net'
import { describe, expect, test } from 'vitest'
import { type EgressPolicy, parseEgress } from '../../../src/executors/kubernetes/environments/egress.ts'
import { denyAll, setUpEgress } from '../../../src/executors/kubernetes/environments/network-policies.ts'

describe('the setting', () => {
  test.each<[string | undefined, EgressPolicy]>([
    [undefined, 'internet'],
    ['', 'internet'],
    [' internet ', 'internet'],
    ['none', 'none'],
    ['10.20.0.0/16', { cidrs: ['10.20.0.0/16'] }],
    ['192.0.2.7, 2001:db8::1', { cidrs: ['192.0.2.7/32', '2001:db8::1/128'] }],
    ['10.0.0.0/8 :443,:80,:443 10.0.0.0/8', { cidrs: ['10.0.0.0/8'], ports: [443, 80] }],
    ['0.0.0.0/0', { cidrs: ['0.0.0.0/0'] }],
  ])('%j is read', (text, expected) => {
    expect(parseEgress(text)).toEqual(expected)
  })

  test.each([
    ['registry.example', 'is not an address or CIDR'],
    ['internet,10.0.0.0/8', 'is not an address or CIDR'],
    ['10.0.0.0/33', 'from 0 to 32'],
    ['2001:db8::/129', 'from 0 to 128'],
    ['10.0.0.0/', 'from 0 to 32'],
    ['10.0.0.0/8/8', 'is not an address or CIDR'],
    ['fe80::1%eth0', 'is not an address or CIDR'],
    ['10.0.0/8', 'is not an address or CIDR'],
    [':443', 'names ports but no addresses'],
    ['10.0.0.0/8,:0', 'from :1 to :65535'],
    ['10.0.0.0/8,:65536', 'from :1 to :65535'],
    ['10.0.0.0/8,:http', 'from :1 to :65535'],
  ])('%j is refused, naming the setting, the part and the rule', (text, rule) => {
    const parse = () => parseEgress(text)
    expect(parse).toThrow(expect.objectContaining({ code: 'config_invalid' }))
    expect(parse).toThrow(/^COMMIT_SUITE_KUBERNETES_EGRESS: "/)
    expect(parse).toThrow(rule)
  })
})

/** Whether a policy lets a set-up connect there, by address alone. */
function reaches(policy: EgressPolicy, address: string): boolean {
  const family = address.includes(':') ? 'ipv6' : 'ipv4'
  const isIn = (cidr: string): boolean => {
    const [net = '', prefix] = cidr.split('/')
    if (net.includes(':') !== address.includes(':')) return false
    const list = new BlockList()
    list.addSubnet(net, Number(prefix), family)
    return list.check(address, family)
  }
  const blocks = (setUpEgress(policy).spec?.egress ?? []).flatMap(({ to = [] }) =>
    to.flatMap((peer) => peer.ipBlock ?? []),
  )
  return blocks.some(({ cidr, except = [] }) => isIn(cidr) && !except.some(isIn))
}

describe('the policy of a set-up', () => {
  test.each([
    ...['169.254.169.254', '169.254.170.2', '10.96.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1', '127.0.0.1'],
    ...['0.0.0.0', '100.64.0.1', '100.100.100.200', '198.18.0.1', '192.0.0.192', '224.0.0.1', '255.255.255.255'],
    ...['::', '::1', 'fd00:ec2::254', 'fc00::1', 'fe80::1', 'ff02::1', '64:ff9b::a9fe:a9fe', '2002:a9fe:a9fe::1'],
  ])('internet does not reach %s', (address) => {
    expect(reaches('internet', address)).toBe(false)
  })

  test.each(['151.101.0.223', '172.32.0.1', '100.128.0.1', '192.0.1.1', '2606:4700::1', '2a04:4e42::223'])(
    'internet reaches %s',
    (address) => {
      expect(reaches('internet', address)).toBe(true)
    },
  )

  test('exceptions lie within what they are taken from, as the API server asks', () => {
    const [, wayOut] = setUpEgress('internet').spec?.egress ?? []
    for (const { ipBlock } of wayOut?.to ?? []) {
      const six = ipBlock?.cidr.includes(':')
      expect(ipBlock?.except?.every((cidr) => cidr.includes(':') === six)).toBe(true)
    }
  })

  test('a list reaches what it names and nothing else; ports bound it', () => {
    expect(reaches({ cidrs: ['10.1.0.0/16'] }, '10.1.2.3')).toBe(true)
    expect(reaches({ cidrs: ['10.1.0.0/16'] }, '10.2.0.1')).toBe(false)
    const [, wayOut] = setUpEgress({ cidrs: ['10.1.0.0/16'], ports: [443] }).spec?.egress ?? []
    expect(wayOut?.ports).toEqual([{ protocol: 'TCP', port: 443 }])
  })

  test('none has no rule at all, not even for names', () => {
    expect(setUpEgress('none').spec).toMatchObject({ policyTypes: ['Egress'], egress: [] })
  })

  test('it is of pods that set up, and of no others', () => {
    expect(setUpEgress('internet').spec?.podSelector).toEqual({ matchLabels: { 'commit-suite/role': 'prepare' } })
    expect(denyAll().spec).toEqual({ podSelector: {}, policyTypes: ['Ingress', 'Egress'], ingress: [], egress: [] })
  })
})
