import { networkInterfaces } from 'node:os'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isOwnAddress, isPublicAddress } from '../../../src/network/address-filter.ts'

const octet = fc.integer({ min: 0, max: 255 })
const group = fc.integer({ min: 0, max: 0xffff }).map((value) => value.toString(16))
const groups = (length: number) => fc.array(group, { minLength: length, maxLength: length })

/** First and last address of each refused range, by hand: the list in the source must not be its own witness. */
const EDGES = [
  ...['0.0.0.0', '0.255.255.255', '10.0.0.0', '10.255.255.255', '100.64.0.0', '100.127.255.255', '127.0.0.1'],
  ...['127.255.255.255', '169.254.0.0', '169.254.169.254', '169.254.255.255', '172.16.0.0', '172.31.255.255'],
  ...['192.0.0.0', '192.168.0.0', '192.168.255.255', '198.18.0.0', '198.19.255.255', '224.0.0.1', '239.255.255.255'],
  ...['240.0.0.0', '255.255.255.255', '::', '::1', '::7f00:1', 'fc00::', 'fd00:ec2::254', 'fdff::1', 'fe80::1'],
  ...['febf::1', 'fec0::1', 'ff02::1', '::ffff:127.0.0.1', '::ffff:8.8.8.8', '64:ff9b::7f00:1', '2002:7f00:1::'],
  ...['2001::1', '100::1', '::ffff:0:127.0.0.1', 'fe80::1%eth0'],
]

/** The neighbours just outside. */
const PUBLIC = [
  ...['1.0.0.0', '9.255.255.255', '11.0.0.0', '100.63.255.255', '100.128.0.0', '126.255.255.255', '128.0.0.0'],
  ...['169.253.255.255', '169.255.0.0', '172.15.255.255', '172.32.0.0', '192.167.255.255', '192.169.0.0'],
  ...['198.17.255.255', '198.20.0.0', '223.255.255.255', '8.8.8.8', '2606:4700::1', '2a00:1450::1', '2001:4860::8888'],
]

describe('the address filter', () => {
  it.each(EDGES)('refuses %s', (address) => {
    expect(isPublicAddress(address)).toBe(false)
  })

  it.each(PUBLIC)('lets %s pass', (address) => {
    expect(isPublicAddress(address)).toBe(true)
  })

  it('refuses every address of a private IPv4 range, also written as IPv4-mapped IPv6', () => {
    const address = fc.oneof(
      fc.tuple(fc.constantFrom(10, 127, 0), octet, octet, octet),
      fc.tuple(fc.constant(192), fc.constant(168), octet, octet),
      fc.tuple(fc.constant(169), fc.constant(254), octet, octet),
      fc.tuple(fc.constant(172), fc.integer({ min: 16, max: 31 }), octet, octet),
      fc.tuple(fc.constant(100), fc.integer({ min: 64, max: 127 }), octet, octet),
      fc.tuple(fc.integer({ min: 224, max: 255 }), octet, octet, octet),
    )
    fc.assert(
      fc.property(address, (parts) => {
        const text = parts.join('.')
        const hex = parts.map((part) => part.toString(16).padStart(2, '0')).join('')
        expect(isPublicAddress(text)).toBe(false)
        expect(isPublicAddress(`::ffff:${text}`)).toBe(false)
        expect(isPublicAddress(`0:0:0:0:0:ffff:${hex.slice(0, 4)}:${hex.slice(4)}`)).toBe(false)
        expect(isPublicAddress(`64:ff9b::${hex.slice(0, 4)}:${hex.slice(4)}`)).toBe(false)
      }),
    )
  })

  it('refuses unique local, link-local and multicast IPv6 however it continues', () => {
    const first = fc.oneof(
      fc.integer({ min: 0xfc00, max: 0xfdff }),
      fc.integer({ min: 0xfe80, max: 0xfeff }),
      fc.integer({ min: 0xff00, max: 0xffff }),
    )
    fc.assert(
      fc.property(first, groups(7), (head, rest) => {
        expect(isPublicAddress([head.toString(16), ...rest].join(':'))).toBe(false)
      }),
    )
  })

  it('refuses text that is no address', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        fc.pre(!/^[0-9a-f.:]+$/i.test(text))
        expect(isPublicAddress(text)).toBe(false)
      }),
    )
  })

  it('knows the addresses of this host', () => {
    const local = Object.values(networkInterfaces()).flatMap((list) => list ?? [])
    expect(local.every(({ address }) => isOwnAddress(address))).toBe(true)
    expect(isOwnAddress('192.0.2.77')).toBe(false)
    expect(isOwnAddress('no address')).toBe(false)
  })
})
