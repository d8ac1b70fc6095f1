import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest'
import { createMirror } from '../../../src/git/mirror-repository.ts'
import { readGit, readMirror } from '../../../src/git/simple-git.ts'
import { uncommittedChanges } from '../../../src/git/uncommitted-changes.ts'
import { commit, git, makeRepository, mirrorOf, scratchFolder } from './scratch-repository.ts'

describe('reading a repository', () => {
  const scratch = scratchFolder()
  const repo = makeRepository(join(scratch.path, 'repo'))
  const sha = commit(repo, 'first')
  afterEach(() => vi.unstubAllEnvs())
  afterAll(() => scratch.remove())

  const standIn = (script: string): void => {
    const folder = join(scratch.path, 'bin')
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'git'), `#!/bin/sh\n${script}\n`)
    chmodSync(join(folder, 'git'), 0o755)
    vi.stubEnv('PATH', `${folder}:${process.env.PATH}`)
  }

  it('gives what git prints, untrimmed, and nothing where git finds nothing', async () => {
    expect(await readGit(['rev-parse', 'HEAD'], { folder: repo })).toBe(`${sha}\n`)
    expect(await readGit(['config', '--get-regexp', '^nosuch\\.'], { folder: repo })).toBe('')
    expect(await readGit(['rev-list', '--stdin'], { folder: repo, input: `${sha}\n` })).toBe(`${sha}\n`)
  })

  it('passes nothing of the surrounding environment to git', async () => {
    vi.stubEnv('GIT_DIR', '/nonexistent')
    vi.stubEnv('GIT_EXTERNAL_DIFF', 'false')
    vi.stubEnv('EDITOR', 'false')
    vi.stubEnv('SECRET_TOKEN', 'x')
    standIn('env')
    const seen = await readGit(['rev-parse'], { folder: repo })
    expect(seen).toContain('GIT_TERMINAL_PROMPT=0')
    expect(seen).toContain('GIT_ALLOW_PROTOCOL=\n')
    expect(seen).not.toMatch(/^(?:GIT_DIR|GIT_EXTERNAL_DIFF|GIT_SSH_COMMAND|GIT_PAGER|EDITOR|SECRET_TOKEN)=/m)
  })

  it.each([
    ['rev-parse', '--git-path', 'x', '--upload-pack=true'],
    ['-c', 'core.pager=true', 'log'],
    ['-c', 'alias.x=!true', 'x'],
    ['-c', 'diff.external=true', 'diff'],
    ['for-each-ref', '--coun=1'],
  ])('refuses what could start a program or is abbreviated: %s %s', async (...args) => {
    await expect(readGit(args, { folder: repo })).rejects.toThrow(/not permitted|abbreviated/)
  })

  it('takes a git that was killed for a failure, however much it printed', async () => {
    standIn('echo half of the answer\nkill -KILL $$')
    await expect(readGit(['rev-list', 'HEAD'], { folder: repo })).rejects.toThrow('git ended early')
  })

  it('ends git when the signal aborts and throws its reason', async () => {
    standIn('exec sleep 4246')
    const controller = new AbortController()
    const reading = readGit(['rev-list', 'HEAD'], { folder: repo, signal: controller.signal })
    controller.abort(new Error('cancelled'))
    await expect(reading).rejects.toThrow('cancelled')
    await expect(readGit(['rev-list', 'HEAD'], { folder: repo, signal: controller.signal })).rejects.toThrow(
      'cancelled',
    )
  })

  it('says that git is missing', async () => {
    vi.stubEnv('PATH', join(scratch.path, 'nothing'))
    await expect(readGit(['rev-parse'], { folder: repo })).rejects.toMatchObject({ code: 'not_supported' })
    const making = createMirror(join(scratch.path, 'new.git'), new AbortController().signal)
    await expect(making).rejects.toMatchObject({ code: 'not_supported' })
  })

  it('refuses a git that would not heed the settings, and asks again once there is another', async () => {
    standIn('echo git version 2.30.2')
    await expect(uncommittedChanges(repo)).rejects.toMatchObject({ code: 'not_supported' })
    const mirroring = mirrorOf(join(scratch.path, 'state'), repo)
    await expect(mirroring).rejects.toThrow(/git 2\.30\.2 .* 2\.31 or newer/)
    vi.unstubAllEnvs()
    expect(await uncommittedChanges(repo)).toBe(false)
  })

  it('reads a mirror only at its place, and says when it is damaged', async () => {
    git(scratch.path, 'clone', '--quiet', '--mirror', repo, join(repo, 'inner.git'))
    const mirror = { path: join(repo, 'inner.git') }
    expect(await readMirror(mirror, ['rev-list', '--all'])).toBe(`${sha}\n`)
    // git would look further up, and there is a repository.
    rmSync(join(mirror.path, 'HEAD'))
    await expect(readMirror(mirror, ['rev-list', '--all'])).rejects.toMatchObject({ code: 'fetch_failed' })
  })
})
