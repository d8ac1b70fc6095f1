import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseAbsoluteUrl, parseAuthority } from '../../../src/executors/local/egress/target.ts'

describe('the target of a CONNECT request', () => {
  it.each([
    ['example.org:443', { host: 'example.org', port: 443 }],
    ['EXAMPLE.org.:443', { host: 'example.org', port: 443 }],
    ['[2606:4700::1]:443', { host: '2606:4700::1', port: 443 }],
    ['192.0.2.1:80', { host: '192.0.2.1', port: 80 }],
  ])('is read from %s', (text, target) => {
    expect(parseAuthority(text)).toEqual(target)
  })

  it.each([
    ...['', 'example.org', 'example.org:', ':443', 'example.org:0', 'example.org:65536', 'example.org:44x'],
    ...[
      'user@example.org:443',
      'http://example.org:443',
      'example.org:443/path',
      '::1:443',
      '[::1%lo]:443',
      '[nope]:443',
    ],
    ...[
      'exa mple.org:443',
      'example..org:443',
      '-x.org:443',
      `${'a'.repeat(300)}:443`,
      'a\r\nHost: b:443',
      '/run/x.sock:1',
    ],
  ])('is refused: %j', (text) => {
    expect(parseAuthority(text)).toBeUndefined()
  })

  it('never holds anything but a plain host and a valid port', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: -5, max: 70_000 }), (host, port) => {
        const target = parseAuthority(`${host}:${port}`)
        if (target === undefined) return
        expect(target.host).toMatch(/^[a-z0-9_.:-]+$/)
        expect(target.port).toBe(port)
      }),
    )
  })
})

describe('the target of a plain request', () => {
  it('is read from an absolute URL', () => {
    expect(parseAbsoluteUrl('http://example.org/a?b=c')).toEqual({ host: 'example.org', port: 80, path: '/a?b=c' })
    expect(parseAbsoluteUrl('http://[2606:4700::1]:8080/')).toEqual({ host: '2606:4700::1', port: 8080, path: '/' })
  })

  it('shows disguised loopback addresses for what they are', () => {
    expect(parseAbsoluteUrl('http://0x7f.1/')?.host).toBe('127.0.0.1')
    expect(parseAbsoluteUrl('http://2130706433/')?.host).toBe('127.0.0.1')
  })

  it.each([
    '/path',
    '*',
    'https://example.org/',
    'ftp://example.org/',
    'http://user:x@example.org/',
    'http://',
    'http:x',
  ])('is refused: %j', (url) => {
    expect(parseAbsoluteUrl(url)).toBeUndefined()
  })
})
