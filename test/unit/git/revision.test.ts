import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CommitSuiteError } from '../../../src/contract/index.ts'
import { oneLine, timestamp } from '../../../src/git/commit-details.ts'
import { rankNearMatches } from '../../../src/git/near-matches.ts'
import { parseRevisions } from '../../../src/git/revision.ts'

describe('an entry of --commits', () => {
  it.each([
    'HEAD',
    '@',
    '@~3',
    'HEAD^2~1',
    'HEAD^^',
    'v1.0',
    'v1^{commit}',
    'v1^{}',
    'feature/größe',
    'a@b',
    'v1-2-gabc1234',
  ])('may be %s', (text) => expect(parseRevisions([text])).toEqual([{ kind: 'commit', text, expression: text }]))

  it('may be a range with one end left out', () => {
    const range = { kind: 'range', symmetric: false }
    expect(parseRevisions(['a..b', 'a..', '..b', 'v1.0...b~1'])).toEqual([
      { ...range, text: 'a..b', from: 'a', to: 'b' },
      { ...range, text: 'a..', from: 'a', to: 'HEAD' },
      { ...range, text: '..b', from: 'HEAD', to: 'b' },
      { ...range, text: 'v1.0...b~1', from: 'v1.0', to: 'b~1', symmetric: true },
    ])
  })

  it('may hold several, separated by commas', () => {
    expect(parseRevisions(['a, b', 'c']).map(({ text }) => text)).toEqual(['a', 'b', 'c'])
  })

  it.each([
    ['', '', /empty/],
    ['HEAD,,main', '', /empty/],
    ['HEAD,', '', /empty/],
    ['-n1', '-n1', /dash/],
    ['--upload-pack=touch x', '--upload-pack=touch x', /dash/],
    ['--all', '--all', /dash/],
    ['main..--output=x', 'main..--output=x', /dash/],
    ['^main', '^main', /exclude/],
    ['HEAD:file', 'HEAD:file', /paths/],
    [':/fix', ':/fix', /paths/],
    [':0:file', ':0:file', /paths/],
    ['HEAD^{/fix}', 'HEAD^{/fix}', /\^\{/],
    ['HEAD^{tree}', 'HEAD^{tree}', /\^\{/],
    ['HEAD@{1}', 'HEAD@{1}', /@\{/],
    ['@{upstream}', '@{upstream}', /@\{/],
    ['main@{yesterday}~1', 'main@{yesterday}~1', /@\{/],
    ['a b', 'a b', /valid name/],
    ['a\nb', 'a\nb', /valid name/],
    ['a\0b', 'a\0b', /valid name/],
    ['a*', 'a*', /valid name/],
    ['../../etc/passwd', '../../etc/passwd', /valid name/],
    ['x.lock', 'x.lock', /valid name/],
    ['..', '..', /end of the range/],
    ['a....b', 'a....b', /valid name/],
    ['a..b..c', 'a..b..c', /valid name/],
    ['HEAD~9999999', 'HEAD~9999999', /step/],
    ['x'.repeat(2000), 'x'.repeat(2000), /at most/],
  ])('must not be %j', (entry, value, rule) => {
    const parse = () => parseRevisions([entry])
    expect(parse).toThrow(CommitSuiteError)
    expect(parse).toThrow(
      expect.objectContaining({
        code: 'invalid_input',
        exitCode: 2,
        detail: expect.objectContaining({ field: 'commits', value, rule: expect.stringMatching(rule) }),
      }),
    )
  })

  it('never becomes an option, a path or more than one line', () => {
    const piece = fc.constantFrom(
      '-',
      '--',
      '~',
      '^',
      '..',
      '...',
      ':',
      '@',
      '@{',
      '}',
      '{',
      '/',
      'HEAD',
      'a',
      '1',
      '\n',
      '\0',
      ' ',
      ',',
      '=',
    )
    fc.assert(
      fc.property(fc.array(piece, { minLength: 1, maxLength: 8 }), (pieces) => {
        let revisions: ReturnType<typeof parseRevisions>
        try {
          revisions = parseRevisions([pieces.join('')])
        } catch (error) {
          expect(error).toMatchObject({ code: 'invalid_input', detail: { field: 'commits' } })
          return
        }
        for (const one of revisions.flatMap((it) => (it.kind === 'commit' ? [it.expression] : [it.from, it.to]))) {
          expect(one).toMatch(/^[^-\s:^~][^\s:\0]*$/)
        }
      }),
      { numRuns: 3000, seed: 3 },
    )
  })
})

describe('what a commit says of itself', () => {
  it('is made one printable line', () => {
    expect(oneLine('a\u001b[31mred\nb\u202e')).toBe('a [31mred b')
    expect(oneLine('変'.repeat(300))).toBe(`${'変'.repeat(199)}…`)
    expect([...oneLine('😀'.repeat(300))]).toHaveLength(200)
  })

  it('has a date that RFC 3339 can write', () => {
    expect(timestamp(1_700_000_000)).toBe('2023-11-14T22:13:20.000Z')
    expect(timestamp(1e15)).toBe('9999-12-31T23:59:59.000Z')
    expect(timestamp(Number.NaN)).toBe('1970-01-01T00:00:00.000Z')
  })
})

describe('similar names', () => {
  it('are the nearest first, at most three', () => {
    expect(rankNearMatches('mian', ['feature', 'main', 'mein'])).toEqual(['main'])
    expect(rankNearMatches('feature-lgin', ['feature-login', 'feature-logout', 'main'])).toEqual([
      'feature-login',
      'feature-logout',
    ])
    expect(rankNearMatches('login', ['team/login', 'main'])).toEqual(['team/login'])
  })
})
