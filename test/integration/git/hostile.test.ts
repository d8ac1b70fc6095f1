import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  renameSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CommitSuiteError } from '../../../src/contract/index.ts'
import type { Mirror } from '../../../src/git/mirror.ts'
import { resolveCommits } from '../../../src/git/resolve.ts'
import { mirrorTreeReader } from '../../../src/git/tree-reader.ts'
import { uncommittedChanges } from '../../../src/git/uncommitted-changes.ts'
import { commit, git, makeRepository, mirrorOf, scratchFolder } from './scratch-repository.ts'

/** Whatever is asked for, and whatever the repository's own configuration says, the canary is never made. */
describe('a hostile repository or request', () => {
  const scratch = scratchFolder()
  const state = join(scratch.path, 'state')
  const repo = join(scratch.path, 'repo')
  const canary = join(scratch.path, 'canary')
  const touch = `touch ${canary}`
  let sha = ''
  let mirror: Mirror

  beforeAll(async () => {
    makeRepository(repo)
    commit(repo, 'first', '.gitattributes', '*.txt filter=evil diff=evil merge=evil')
    sha = commit(repo, 'subject \u001b[31mred\u001b[0m \u202etxet', 'file.txt', 'hello')
    symlinkSync('/etc/passwd', join(repo, 'link'))
    symlinkSync('folder', join(repo, 'folder-link'))
    writeFileSync(join(repo, 'large.txt'), '')
    truncateSync(join(repo, 'large.txt'), 1024 * 1024 + 1)
    writeFileSync(join(repo, 'just.txt'), 'x'.repeat(1024 * 1024))
    sha = commit(repo, 'files \u001b[31mred', 'folder/größe ✓.txt', 'unicode')
    const script = join(scratch.path, 'evil.sh')
    writeFileSync(script, `#!/bin/sh\n${touch}\ncat\n`)
    chmodSync(script, 0o755)
    for (const name of [
      'post-checkout',
      'reference-transaction',
      'post-index-change',
      'pre-auto-gc',
      'fsmonitor-watchman',
    ]) {
      mkdirSync(join(repo, '.git', 'hooks'), { recursive: true })
      writeFileSync(join(repo, '.git', 'hooks', name), `#!/bin/sh\n${touch}\n`)
      chmodSync(join(repo, '.git', 'hooks', name), 0o755)
    }
    for (const key of [
      'core.fsmonitor',
      'core.sshCommand',
      'core.alternateRefsCommand',
      'core.gitProxy',
      'core.pager',
      'core.askPass',
      'filter.evil.clean',
      'filter.evil.smudge',
      'filter.evil.process',
      'diff.evil.textconv',
      'diff.external',
      'uploadpack.packObjectsHook',
      'gpg.program',
      'remote.origin.uploadpack',
      'credential.helper',
    ]) {
      git(repo, 'config', key, script)
    }
    git(repo, 'config', 'filter.evil.required', 'true')
    git(repo, 'config', 'log.showSignature', 'true')
    git(repo, 'config', 'protocol.allow', 'always')
    mirror = await mirrorOf(state, repo)
  })
  afterAll(() => scratch.remove())

  it('runs nothing of the repository while mirroring and resolving', async () => {
    const [head] = await resolveCommits({ mirror, commits: ['HEAD'], firstParent: false })
    expect(head).toMatchObject({ sha, subject: 'files  [31mred' })
    expect(existsSync(canary)).toBe(false)
  })

  it('runs nothing of the repository while looking for uncommitted changes', async () => {
    const old = new Date(1_000_000_000_000)
    utimesSync(join(repo, 'file.txt'), old, old)
    const index = statSync(join(repo, '.git', 'index')).mtimeMs
    await uncommittedChanges(repo)
    writeFileSync(join(repo, 'untracked'), '')
    expect(await uncommittedChanges(join(repo, 'folder'))).toBe(true)
    expect(statSync(join(repo, '.git', 'index')).mtimeMs).toBe(index)
    expect(existsSync(canary)).toBe(false)
  })

  it('runs no filter whose name is no UTF-8, and counts the working tree as changed then', async () => {
    const odd = makeRepository(join(scratch.path, 'odd'))
    const attributes = Buffer.concat([Buffer.from('* filter='), Buffer.from([0xff]), Buffer.from('\n')])
    writeFileSync(join(odd, '.gitattributes'), attributes)
    commit(odd, 'first')
    const section = [Buffer.from('[filter "'), Buffer.from([0xff]), Buffer.from(`"]\n\tclean = ${touch}; cat\n`)]
    appendFileSync(join(odd, '.git', 'config'), Buffer.concat(section))
    utimesSync(join(odd, 'file.txt'), new Date(0), new Date(0))
    expect(await uncommittedChanges(odd)).toBe(true)
    expect(existsSync(canary)).toBe(false)
  })

  it.each([
    'ext::sh -c "touch CANARY"',
    '--upload-pack=touch CANARY',
    '-u touch CANARY',
    'ssh://-oProxyCommand=touch%20CANARY/x',
    'ssh://git@-oProxyCommand=touch CANARY/x',
    '-oProxyCommand=touch CANARY:x',
    'fd::17,touch CANARY',
    'file:///tmp --upload-pack=touch CANARY',
    '$(touch CANARY)',
    '`touch CANARY`',
    '/tmp;touch CANARY',
    '|touch CANARY',
  ])('runs no command for the repository %s', async (template) => {
    const make = async () => await mirrorOf(state, template.replaceAll('CANARY', canary), ['HEAD'])
    await expect(make()).rejects.toMatchObject({ exitCode: 2, detail: { field: 'repo' } })
    expect(existsSync(canary)).toBe(false)
  })

  it('runs no command and writes no file for any ref', async () => {
    const piece = fc.constantFrom(
      '--output=',
      '--upload-pack=',
      '-c',
      canary,
      touch,
      `$(${touch})`,
      `\`${touch}\``,
      '|',
      ';',
      '\n',
      '\0',
      'HEAD',
      '..',
      '...',
      '~',
      '^',
      '@{',
      '}',
      ':',
      '/',
      '-',
      '--',
      ' ',
      ',',
      'main',
      '0',
      'refs/',
      '{',
      '!',
      'ext::',
      '✓',
    )
    const refs = fc.array(piece, { minLength: 1, maxLength: 6 }).map((pieces) => pieces.join(''))
    await fc.assert(
      fc.asyncProperty(refs, async (text) => {
        const resolved = resolveCommits({ mirror, commits: [text], firstParent: false })
        const failure = await resolved.then(
          () => undefined,
          (error: unknown) => error,
        )
        if (failure !== undefined) {
          expect(failure).toBeInstanceOf(CommitSuiteError)
          expect(failure).toMatchObject({ exitCode: 2, detail: { field: 'commits' } })
        }
        expect(existsSync(canary)).toBe(false)
      }),
      { numRuns: 150, seed: 5 },
    )
  })

  it('reads files of a commit without a checkout and follows no link', async () => {
    const files = mirrorTreeReader(mirror, sha)
    expect(await files.read('file.txt')).toBe('hello')
    expect(await files.read('./folder/größe ✓.txt')).toBe('unicode')
    expect((await files.read('just.txt'))?.length).toBe(1024 * 1024)
    expect(await files.read('large.txt')).toBeUndefined()
    for (const path of [
      'link',
      'folder-link/größe ✓.txt',
      '../repo/file.txt',
      'none',
      '',
      'folder',
      'a\0b',
      '--help',
    ]) {
      expect(await files.read(path), path).toBeUndefined()
    }
    expect(await files.list('')).toEqual(['.gitattributes', 'file.txt', 'folder/', 'just.txt', 'large.txt'])
    expect(await files.list('folder/')).toEqual(['größe ✓.txt'])
    expect(await files.list('none')).toEqual([])
    expect([await files.exists('folder'), await files.exists('large.txt'), await files.exists('link')]).toEqual([
      true,
      true,
      false,
    ])
    expect(() => mirrorTreeReader(mirror, '--help')).toThrow(TypeError)
  })
})

describe('uncommitted changes', () => {
  const scratch = scratchFolder()
  afterAll(() => scratch.remove())

  it('are edits, staged ones and untracked files, not ignored ones', async () => {
    const repo = makeRepository(join(scratch.path, 'tree'))
    commit(repo, 'first', '.gitignore', 'ignored')
    writeFileSync(join(repo, 'ignored'), '')
    expect(await uncommittedChanges(repo)).toBe(false)
    writeFileSync(join(repo, 'new'), '')
    expect(await uncommittedChanges(repo)).toBe(true)
    renameSync(join(repo, 'new'), join(repo, ' '))
    expect(await uncommittedChanges(repo)).toBe(true)
    renameSync(join(repo, ' '), join(repo, 'new'))
    git(repo, 'add', 'new')
    expect(await uncommittedChanges(repo)).toBe(true)
    git(repo, 'commit', '--quiet', '-m', 'second')
    expect(await uncommittedChanges(repo)).toBe(false)
    writeFileSync(join(repo, 'new'), 'edited')
    expect(await uncommittedChanges(repo)).toBe(true)
  })

  it('are an error that names the repository where its index cannot be read', async () => {
    const repo = makeRepository(join(scratch.path, 'damaged'))
    commit(repo, 'first')
    writeFileSync(join(repo, '.git', 'index'), 'nonsense')
    const detail = { field: 'repo', value: repo }
    await expect(uncommittedChanges(repo)).rejects.toMatchObject({ code: 'fetch_failed', detail })
  })

  it('are none in a bare repository and an error where there is no repository', async () => {
    git(scratch.path, 'init', '--quiet', '--bare', 'bare.git')
    expect(await uncommittedChanges(join(scratch.path, 'bare.git'))).toBe(false)
    await expect(uncommittedChanges(scratch.path)).rejects.toMatchObject({ code: 'repo_not_found' })
  })
})
