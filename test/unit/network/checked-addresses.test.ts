import { networkInterfaces } from 'node:os'
import { describe, expect, it } from 'vitest'
import { allows, isAllowedEntry } from '../../../src/network/allowed-addresses.ts'
import { checkAddresses } from '../../../src/network/checked-addresses.ts'

const answering =
  (...addresses: string[]) =>
  async () =>
    addresses.map((address) => ({ address, family: address.includes(':') ? (6 as const) : (4 as const) }))

const check = (host: string, addresses: string[], allowedAddresses: string[] = []) =>
  checkAddresses(host, { allowedAddresses, resolve: answering(...addresses) })

describe('the addresses of a host', () => {
  it('are all returned, in order, where all are public', async () => {
    expect(await check('example.com', ['2606:2800::1', '93.184.215.14'])).toEqual({
      ok: true,
      addresses: [
        { address: '2606:2800::1', family: 6 },
        { address: '93.184.215.14', family: 4 },
      ],
    })
  })

  it.each([
    ['127.0.0.1'],
    ['10.1.2.3'],
    ['169.254.169.254'],
    ['192.168.1.1'],
    ['::1'],
    ['::ffff:127.0.0.1'],
    ['fd00:ec2::254'],
    ['fe80::1%eth0'],
    ['93.184.215.14', '10.0.0.1'],
  ])('are all refused with %s among them', async (...addresses) => {
    expect(await check('example.com', addresses)).toEqual({ ok: false, problem: 'private' })
  })

  it('are refused where they are those of this machine', async () => {
    for (const { address } of Object.values(networkInterfaces()).flatMap((list) => list ?? [])) {
      expect(await check('example.com', [address])).toEqual({ ok: false, problem: 'private' })
    }
  })

  it('are unknown where the name has none or cannot be resolved now', async () => {
    expect(await check('example.com', [])).toEqual({ ok: false, problem: 'unresolved' })
    const resolve = () => Promise.reject(new Error('EAI_AGAIN'))
    expect(await checkAddresses('example.com', { allowedAddresses: [], resolve })).toEqual({
      ok: false,
      problem: 'unresolved',
    })
  })

  it('need no resolution where the host is an address', async () => {
    const resolve = () => Promise.reject(new Error('asked'))
    const rules = { allowedAddresses: ['127.0.0.1'], resolve }
    expect(await checkAddresses('127.0.0.1', rules)).toMatchObject({ ok: true })
    expect(await checkAddresses('127.0.0.2', rules)).toEqual({ ok: false, problem: 'private' })
  })

  it('may be private where the host, the address or its range is allowed', async () => {
    expect(await check('git.corp', ['10.1.2.3', '::1'], ['Git.Corp'])).toMatchObject({ ok: true })
    expect(await check('git.corp', ['10.1.2.3'], ['10.1.0.0/16'])).toMatchObject({ ok: true })
    expect(await check('git.corp', ['fd00::7'], ['fd00::/64'])).toMatchObject({ ok: true })
    expect(await check('other.corp', ['10.1.2.3'], ['git.corp', '10.2.0.0/16'])).toMatchObject({ ok: false })
    expect(await check('git.corp', ['10.1.2.3', '10.2.0.1'], ['10.1.0.0/16'])).toMatchObject({ ok: false })
  })
})

it('an IPv4 range allows no IPv6 address that holds one of it, nor the other way round', () => {
  expect(allows(['127.0.0.0/8'], 'h', '::ffff:127.0.0.1')).toBe(false)
  expect(allows(['::ffff:0:0/96'], 'h', '127.0.0.1')).toBe(false)
  expect(allows(['0.0.0.0/0'], 'h', 'h')).toBe(false)
})

it.each([
  ['git.corp.example', true],
  ['10.0.0.0/8', true],
  ['::1', true],
  ['fd00::/8', true],
  ['10.0.0.0/33', false],
  ['10.0.0/8', false],
  ['fe80::1%eth0', false],
  ['2130706433', false],
  ['0x7f.1', false],
  ['*.corp', false],
  ['git.corp:443', false],
  ['https://git.corp', false],
])('%s is an entry of the allowed addresses: %s', (entry, expected) => {
  expect(isAllowedEntry(entry)).toBe(expected)
})
