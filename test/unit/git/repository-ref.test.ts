import { homedir } from 'node:os'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CommitSuiteError } from '../../../src/contract/index.ts'
import { parseRepository } from '../../../src/git/repository-ref.ts'

const usual = { cwd: '/work/here', transports: ['https', 'ssh', 'file'] }

function refusal(repo: string, transports = usual.transports): CommitSuiteError {
  try {
    const parsed = parseRepository(repo, { ...usual, transports })
    throw new Error(`accepted as ${JSON.stringify(parsed)}`)
  } catch (error) {
    if (error instanceof CommitSuiteError) return error
    throw error
  }
}

describe('the address of a repository', () => {
  it.each([
    ['.', '/work/here'],
    ['..', '/work'],
    ['sub/folder', '/work/here/sub/folder'],
    ['/abs/./path/', '/abs/path'],
    ['/has:colon', '/has:colon'],
    ['./has:colon', '/work/here/has:colon'],
    ['sub/has:colon', '/work/here/sub/has:colon'],
    ['./--upload-pack=x', '/work/here/--upload-pack=x'],
    ['~', homedir()],
    ['~/code', `${homedir()}/code`],
    ['file:///srv/a%20b.git', '/srv/a b.git'],
    ['file://localhost/srv/repo', '/srv/repo'],
  ])('takes %s for a local path', (repo, path) => {
    expect(parseRepository(repo, usual)).toEqual({ kind: 'local', path, url: path })
  })

  it.each([
    ['https://Example.COM:443/o/r.git/', 'https', 'https://example.com/o/r.git'],
    ['HTTPS://example.com/o/r', 'https', 'https://example.com/o/r'],
    ['ssh://git@example.com:2222/o/r.git', 'ssh', 'ssh://git@example.com:2222/o/r.git'],
    ['ssh://example.com/~/r.git', 'ssh', 'ssh://example.com/~/r.git'],
    ['git@example.com:o/r.git', 'ssh', 'git@example.com:o/r.git'],
    ['example.com:r.git', 'ssh', 'example.com:r.git'],
    ['git@[::1]:o/r', 'ssh', 'git@[::1]:o/r'],
  ])('takes %s for a remote one', (repo, transport, url) => {
    const parsed = parseRepository(repo, usual)
    expect(parsed).toEqual({ kind: 'remote', transport, url })
    expect(parseRepository(parsed.url, usual)).toEqual(parsed)
  })

  it.each([
    ['', /name a repository/],
    ['  ', /name a repository/],
    ['-', /dash/],
    ['--upload-pack=touch /tmp/x', /dash/],
    ['-oProxyCommand=x', /dash/],
    ['ext::sh -c "touch /tmp/x"', /remote helper/],
    ['fd::3', /remote helper/],
    ['ext::https://example.com/r', /remote helper/],
    ['foo::bar', /remote helper/],
    ['https::https://example.com/r', /remote helper/],
    ['https://example.com/r\n', /control characters/],
    ['/a\0b', /control characters/],
    ['~root/code', /~user/],
    ['https://', /valid URL/],
    ['https://example.com', /name a repository on its host/],
    ['https://example.com/', /name a repository on its host/],
    ['ssh://-oProxyCommand=x/r', /valid URL|dash/],
    ['ssh://git@-oProxyCommand=x/r', /valid URL|dash/],
    ['ssh://example.com/-r', /dash/],
    ['ssh://-x@example.com/r', /ssh user/],
    ['ssh://example.com/%0aHost', /control characters/],
    ['git@example.com:-r', /dash/],
    ['git@-example.com:r', /user@host:path/],
    ['-git@example.com:r', /dash/],
    ['file://example.com/r', /host/],
    ['file:///a%2Fb', /escapes/],
    ['file:///a%00b', /escapes/],
    ['https://example.com/r?token=s3cr3t', /query/],
    ['a'.repeat(5000), /at most/],
  ])('refuses %s', (repo, rule) => {
    const error = refusal(repo)
    expect(error).toMatchObject({ code: 'invalid_input', exitCode: 2, detail: { field: 'repo' } })
    expect(error.detail.rule).toMatch(rule)
    expect(error.message).not.toContain('s3cr3t')
  })

  it.each([
    ['http://example.com/r', ['https', 'ssh', 'file']],
    ['git://example.com/r', ['https', 'ssh', 'file']],
    ['ftp://example.com/r', ['https', 'ssh', 'file', 'ftp']],
    ['/a/path', ['https', 'ssh']],
    ['file:///a/path', ['https', 'ssh']],
    ['git@example.com:r', ['https']],
  ])('does not allow %s with %j', (repo, transports) => {
    expect(refusal(repo, transports)).toMatchObject({
      code: 'repo_not_allowed',
      detail: { field: 'repo', value: repo },
    })
  })

  it('allows http and git where they are named', () => {
    const transports = ['http', 'git']
    expect(parseRepository('http://example.com/r', { transports }).url).toBe('http://example.com/r')
    expect(parseRepository('git://example.com/r', { transports }).url).toBe('git://example.com/r')
  })

  it('never repeats a credential, whatever it is made of and wherever it stands', () => {
    const secret = fc
      .string({ unit: fc.constantFrom(...'aZ09/@:#?%[]&=+~ '), maxLength: 12 })
      .map((text) => `s3${text}cr3t`)
    const shape = fc.constantFrom<(secret: string) => string>(
      (s) => `https://user:${s}@example.com/o/r`,
      (s) => `https://${s}@example.com/o/r`,
      (s) => `https://:${s}@example.com/o/r`,
      (s) => `ssh://git:${s}@example.com/o/r`,
      (s) => `http://user:${s}@example.com/o/r`,
      (s) => `ftp://user:${s}@example.com/o/r`,
      (s) => `ext::https://user:${s}@example.com/o/r`,
      (s) => `user:${s}@example.com:o/r`,
      (s) => `-user:${s}@example.com:o/r`,
      (s) => `https://example.com/o/r?token=${s}`,
    )
    fc.assert(
      fc.property(secret, shape, (password, build) => {
        const error = refusal(build(password))
        const shown = JSON.stringify([error.message, error.detail, error.stack])
        expect(shown).not.toContain(password)
        expect(shown).not.toContain('cr3t')
      }),
      { numRuns: 500, seed: 7 },
    )
  })

  it('accepts only addresses that git takes neither for an option nor for a remote helper', () => {
    const piece = fc.constantFrom(
      '-',
      '::',
      '//',
      'ext',
      'ssh:',
      'git@',
      'host',
      ':',
      '/',
      '~',
      '.',
      '..',
      ' ',
      '%2d',
      '%00',
      '\n',
      '@',
      'x',
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 10 }), (pieces) => {
        let parsed: ReturnType<typeof parseRepository>
        try {
          parsed = parseRepository(pieces.join(''), usual)
        } catch (error) {
          expect(error).toBeInstanceOf(CommitSuiteError)
          return
        }
        expect(parsed.url).not.toMatch(/[\n\0]/)
        if (parsed.kind === 'local') expect(parsed.path).toMatch(/^\//)
        else expect(parsed.url).not.toMatch(/^-|^[A-Za-z0-9]*::|^[^:/]*@-|:-|:\/\/-/)
      }),
      { numRuns: 2000, seed: 11 },
    )
  })
})
