import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CommitSuiteError } from '../../../src/contract/index.ts'
import { parseAllowedRepository } from '../../../src/git/allowed-repositories.ts'
import { parsePattern } from '../../../src/git/repository-pattern.ts'

const DEFAULT = ['https://*', 'ssh://*', 'git@*']

const isAllowed = (repo: string, ...patterns: string[]): boolean => {
  try {
    parseAllowedRepository(repo, patterns)
    return true
  } catch (error) {
    if (error instanceof CommitSuiteError && /^(repo_not_allowed|invalid_input)$/.test(error.code)) return false
    throw error
  }
}

describe('the default patterns', () => {
  it.each([
    ['https://github.com/o/r.git', 'https://github.com/o/r.git'],
    ['HTTPS://GitHub.COM:443/o/r/', 'https://github.com/o/r'],
    ['https://example.com:8443/r', 'https://example.com:8443/r'],
    ['https://[2001:db8::1]/r', 'https://[2001:db8::1]/r'],
    ['ssh://git@example.com:2222/o/r', 'ssh://git@example.com:2222/o/r'],
    ['ssh://example.com/o/r', 'ssh://example.com/o/r'],
    ['git@example.com:o/r', 'git@example.com:o/r'],
    ['git@[::1]:o/r', 'git@[::1]:o/r'],
  ])('allow %s', (repo, url) => {
    expect(parseAllowedRepository(repo, DEFAULT)).toMatchObject({ kind: 'remote', url })
    expect(parseAllowedRepository(url, DEFAULT).url).toBe(url)
  })

  it.each([
    '/srv/repos/a',
    './a',
    '~/a',
    '.',
    'file:///srv/repos/a',
    'FILE:///srv/repos/a',
    'http://example.com/r',
    'git://example.com/r',
    'root@example.com:r',
    'example.com:r',
  ])('do not allow %s', (repo) => {
    expect(() => parseAllowedRepository(repo, DEFAULT)).toThrow(
      expect.objectContaining({
        code: 'repo_not_allowed',
        detail: expect.objectContaining({ field: 'repo', value: repo }),
      }),
    )
  })

  it.each([
    ['ssh://2130706433/r', /usual notation/],
    ['ssh://0x7f.1/r', /usual notation/],
    ['git@127.1:r', /usual notation/],
    ['git@0177.0.0.1:r', /usual notation/],
    ['git@[cafe:22]:r', /usual notation/],
    ['git@[127.0.0.1:22]:r', /usual notation/],
    ['ssh://ex%61mple.com/r', /usual notation/],
    ['ssh://a;b/r', /usual notation/],
    ['https://example.com./r', /final dot/],
    ['ssh://localhost./r', /final dot/],
    ['git@example.com.:r', /final dot/],
    ['https://example.com/o/%2e%2e%2fr', /"\.\."/],
    ['https://example.com/o%2Fr', /encoded/],
    ['https://example.com/o%5cr', /encoded/],
    ['https://example.com/%252e%252e/r', /encoded/],
    ['ssh://git@example.com/o/%2e%2e%2fr', /"\.\."/],
    ['git@example.com:o/../r', /"\.\."/],
    ['git@example.com:..', /"\.\."/],
  ])('judge only addresses that everyone reads alike: %s', (repo, rule) => {
    expect(() => parseAllowedRepository(repo, DEFAULT)).toThrow(
      expect.objectContaining({
        code: 'repo_not_allowed',
        detail: expect.objectContaining({ field: 'repo', rule: expect.stringMatching(rule) }),
      }),
    )
  })
})

it.each(['https://2130706433/r', 'https://0x7f.1/r', 'https://0177.0.0.1/r', 'https://127.1/r'])(
  'the address that %s means is what will be judged',
  (repo) => {
    expect(parseAllowedRepository(repo, DEFAULT).url).toBe('https://127.0.0.1/r')
  },
)

describe('a pattern', () => {
  it.each([
    ['https://github.com/*', 'https://github.com/o/r'],
    ['HTTPS://GitHub.com/*', 'https://github.com/o/r'],
    ['https://github.com:443/*', 'https://github.com/o/r'],
    ['https://github.com/o/*', 'https://github.com/o/r'],
    ['https://github.com/o/r/', 'https://github.com/o/r/'],
    ['https://github.com/*/r', 'https://github.com/o/p/r'],
    ['https://*.corp.example/*', 'https://git.eu.corp.example/r'],
    ['https://git-*.corp.example/*', 'https://git-1.corp.example/r'],
    ['https://corp.example:*', 'https://corp.example:8443/r'],
    ['https://corp.example:*/o/*', 'https://corp.example/o/r'],
    ['https://[::1]/*', 'https://[::1]/r'],
    ['http://corp.example/*', 'http://corp.example/r'],
    ['ssh://git@corp.example/*', 'ssh://git@corp.example:22/r'],
    ['ssh://*@corp.example/*', 'ssh://deploy@corp.example/r'],
    ['git@corp.example:o/*', 'git@Corp.Example:o/r'],
    ['*@corp.example:*', 'deploy@corp.example:o/r'],
    ['corp.example:*', 'corp.example:o/r'],
    ['file:///srv/repos/*', '/srv/repos/a'],
    ['file:///srv/repos/*', 'file:///srv/repos/a/b'],
    ['file:///srv/repos/*', 'file:///srv/x/../repos/a'],
    ['file:///srv/a%20b', 'file:///srv/a%20b/'],
    ['file://*', '/anything'],
  ])('%s allows %s', (pattern, repo) => {
    expect(isAllowed(repo, pattern)).toBe(true)
  })

  it.each([
    ['https://github.com/*', 'https://github.com.evil.org/x'],
    ['https://github.com/*', 'https://github.com@evil.org/x'],
    ['https://github.com/*', 'https://github.com%2f@evil.org/x'],
    ['https://github.com/*', 'https://github.com:x@evil.org/x'],
    ['https://github.com/*', 'https://evil.org/https://github.com/x'],
    ['https://github.com/*', 'https://github.com:8443/x'],
    ['https://github.com/*', 'https://github.com./x'],
    ['https://github.com/*', 'http://github.com/x'],
    ['https://github.com/*', 'ssh://github.com/x'],
    ['https://github.com/*', 'https://xgithub.com/x'],
    ['https://github.com/*', 'https:\\\\evil.org\\github.com/x'],
    ['https://github.com/o/*', 'https://github.com/o'],
    ['https://github.com/o/*', 'https://github.com/o/../p/r'],
    ['https://github.com/o/*', 'https://github.com/o/%2e%2e/p/r'],
    ['https://github.com/o/*', 'https://github.com/o/%2e%2e%2fp/r'],
    ['https://github.com/o/*', 'https://github.com/%6f/r'],
    ['https://github.com/o/r', 'https://github.com/o/r2'],
    ['https://github.com/o/r', 'https://github.com/O/r'],
    ['https://*.corp.example/*', 'https://evil.org/x.corp.example/y'],
    ['https://*.corp.example/*', 'https://evil.org:1/x.corp.example/y'],
    ['https://*.corp.example/*', 'https://corp.example/y'],
    ['https://*.corp.example/*', 'https://a.corp.example.evil.org/y'],
    ['https://*/*', 'https://corp.example:8443/r'],
    ['ssh://git@corp.example/*', 'ssh://root@corp.example/r'],
    ['ssh://git@corp.example/*', 'git@corp.example:r'],
    ['ssh://corp.example/*', 'ssh://git@corp.example/r'],
    ['git@corp.example:*', 'git@evil.org:git@corp.example:r'],
    ['git@corp.example:o/*', 'git@corp.example:o/../p/r'],
    ['git@corp.example:*', 'ssh://git@corp.example/r'],
    ['file:///srv/repos/*', '/srv/repos/../secret'],
    ['file:///srv/repos/*', 'file:///srv/repos/../secret'],
    ['file:///srv/repos/*', 'file:///srv/repos/%2e%2e/secret'],
    ['file:///srv/repos/*', 'file:///srv/repos/..%2fsecret'],
    ['file:///srv/repos/*', 'file://evil.org/srv/repos/a'],
    ['file:///srv/repos/*', '/srv/repos2/a'],
    ['file:///srv/repos/*', '/srv/repos'],
    ['file:///srv/repos/*', 'https://srv/repos/a'],
    ['file://*', './a'],
    ['file://*', '~/a'],
    ['file://*', '.'],
  ])('%s does not allow %s', (pattern, repo) => {
    expect(isAllowed(repo, pattern)).toBe(false)
  })

  it.each([
    ['*', /must begin with/],
    ['github.com/*', /must begin with/],
    ['/srv/repos/*', /must begin with/, 'file:///srv/repos/*'],
    ['git://example.com/*', /must begin with/],
    ['ftp://*', /must begin with/],
    ['https://github.com', /which paths/, 'https://github.com/*'],
    ['https://github.com/', /which paths/, 'https://github.com/*'],
    ['https://github.com*', /which paths/, 'https://github.com/*'],
    ['https://*/', /which paths/, 'https://*/*'],
    ['git@github.com', /which paths/, 'git@github.com:*'],
    ['https://github.com*/*', /before a dot/],
    ['https://*github.com/*', /before a dot/],
    ['https://git.*/*', /before a dot/],
    ['https://user@github.com/*', /user information/],
    ['file://srv/repos/*', /absolute path/],
    ['file:///a%2fb', /absolute path/],
    ['file:///a?b', /absolute path/],
  ])('is refused where it does not say what it means: %s', (pattern, rule, remedy = '') => {
    expect(() => parsePattern(pattern)).toThrow(
      expect.objectContaining({
        code: 'config_invalid',
        message: expect.stringContaining(remedy),
        detail: expect.objectContaining({
          field: 'COMMIT_SUITE_ALLOWED_REPOS',
          value: pattern,
          rule: expect.stringMatching(rule),
        }),
      }),
    )
  })

  it('of one host allows nothing that leads to another, whatever stands around it', () => {
    const piece = fc.constantFrom(
      ...[
        'https://',
        'ssh://',
        'git@',
        'github.com',
        'evil.org',
        '.',
        '/',
        '//',
        '\\',
        ':',
        '@',
        '#',
        '?',
        '%2f',
        '%40',
      ],
      ...['..', '%2e', ':443', ':8443', 'o', 'r', '[', ']', ' ', '\t', '%00', '.github.com', 'GITHUB.COM'],
    )
    const patterns = ['https://github.com/*', 'ssh://git@github.com/*', 'git@github.com:*']
    const starts = [
      'https://',
      'ssh://git@',
      'git@',
      '',
      'https://github.com',
      'ssh://git@github.com',
      'git@github.com:',
    ]
    let allowed = 0
    fc.assert(
      fc.property(fc.constantFrom(...starts), fc.array(piece, { maxLength: 8 }), (start, rest) => {
        const repo = start + rest.join('')
        if (!isAllowed(repo, ...patterns)) return
        allowed += 1
        const parsed = parseAllowedRepository(repo, patterns)
        const { url } = parsed
        expect(url).toMatch(/^(https:\/\/github\.com\/|ssh:\/\/git@github\.com(:22)?\/|git@github\.com:)[^\\]+$/i)
        if (!url.startsWith('git@'))
          expect(new URL(url)).toMatchObject({ hostname: 'github.com', search: '', hash: '' })
        expect(parseAllowedRepository(url, patterns)).toEqual(parsed)
      }),
      { numRuns: 5000, seed: 3 },
    )
    expect(allowed).toBeGreaterThan(50)
  })

  it('of a folder allows nothing outside of it, whatever stands in the path', () => {
    const piece = fc.constantFrom('/', '..', '.', 'repos', 'srv', 'secret', '%2e', '%2f', '//', '*', 'a b', '%61', '~')
    let allowed = 0
    fc.assert(
      fc.property(
        fc.constantFrom('file:///srv/repos/', '/srv/repos/', 'file:///', '/'),
        fc.array(piece),
        (start, rest) => {
          const repo = start + rest.join('')
          if (!isAllowed(repo, 'file:///srv/repos/*')) return
          allowed += 1
          expect(parseAllowedRepository(repo, ['file:///srv/repos/*']).url).toMatch(
            /^\/srv\/repos\/(?!.*\/\.\.(\/|$))(?!\.\.(\/|$))/,
          )
        },
      ),
      { numRuns: 5000, seed: 5 },
    )
    expect(allowed).toBeGreaterThan(50)
  })

  it('is taken letter by letter but for "*"', () => {
    const letters = fc.string({ unit: fc.constantFrom(...'ab*'), minLength: 1, maxLength: 8 })
    const text = fc.string({ unit: fc.constantFrom(...'ab'), minLength: 1, maxLength: 8 })
    fc.assert(
      fc.property(letters, text, (pattern, path) => {
        const expected = new RegExp(`^${pattern.replaceAll('*', '.*')}$`).test(path)
        expect(isAllowed(`https://h/${path}`, `https://h/${pattern}`)).toBe(expected)
      }),
      { numRuns: 2000, seed: 9 },
    )
  })
})

it('a refusal repeats no credential and names no pattern', () => {
  const patterns = ['https://internal.corp.example/*']
  for (const repo of [
    'https://user:s3cr3t@internal.corp.example/r',
    'https://example.com/r',
    'https://s3cr3t@example.com/r',
  ]) {
    try {
      parseAllowedRepository(repo, patterns)
      expect.unreachable()
    } catch (error) {
      const { message, detail } = error instanceof CommitSuiteError ? error : expect.unreachable()
      expect(JSON.stringify([message, detail.rule, detail.remedy])).not.toMatch(/s3cr3t|internal\.corp\.example\/\*/)
    }
  }
})
