import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { resolveCommits } from '../../../src/git/resolve.ts'
import { commit, git, makeRepository, mirrorOf, scratchFolder } from './scratch-repository.ts'

describe('the mirror of a repository', () => {
  const scratch = scratchFolder()
  const state = join(scratch.path, 'state')
  afterAll(() => scratch.remove())

  const resolve = async (repo: string, ...commits: string[]) => {
    const mirror = await mirrorOf(state, repo, commits)
    return (await resolveCommits({ mirror, commits, firstParent: false })).map(({ sha }) => sha)
  }
  const subject = async (repo: string, ref: string) => {
    const mirror = await mirrorOf(state, repo, [ref])
    return (await resolveCommits({ mirror, commits: [ref], firstParent: false }))[0]?.subject
  }

  it('follows branches as they move, a rewritten one too', async () => {
    const repo = makeRepository(join(scratch.path, 'moving'))
    const first = commit(repo, 'first')
    expect(await resolve(repo, 'HEAD')).toEqual([first])
    const second = commit(repo, 'second')
    expect(await resolve(repo, 'main')).toEqual([second])
    git(repo, 'reset', '--quiet', '--hard', first)
    const rewritten = commit(repo, 'rewritten')
    expect(await resolve(repo, 'main,HEAD')).toEqual([rewritten])
    expect(await resolve(repo, second), 'a commit tested once stays').toEqual([second])
    git(repo, 'branch', 'gone')
    await resolve(repo, 'gone')
    git(repo, 'branch', '-D', 'gone')
    await expect(resolve(repo, 'gone')).rejects.toMatchObject({ code: 'ref_not_found' })
  })

  it('is not fetched again when every full id asked for is there', async () => {
    const repo = makeRepository(join(scratch.path, 'present'))
    const first = commit(repo, 'first')
    await resolve(repo, 'HEAD')
    git(repo, 'branch', 'later')
    expect(await resolve(repo, first)).toEqual([first])
    const { path } = await mirrorOf(state, repo, [`${first},${first}`])
    expect(git(path, 'branch', '--list', 'later')).toBe('')
    await resolve(repo, 'main')
    expect(git(path, 'branch', '--list', 'later')).not.toBe('')
  })

  it('finds a commit that no branch leads to, by its id, also abbreviated', async () => {
    const repo = makeRepository(join(scratch.path, 'dangling'))
    commit(repo, 'base')
    const dropped = commit(repo, 'dropped')
    git(repo, 'reset', '--quiet', '--hard', 'HEAD~1')
    const alsoDropped = commit(repo, 'also dropped')
    git(repo, 'reset', '--quiet', '--hard', 'HEAD~1')
    expect(await resolve(repo, dropped)).toEqual([dropped])
    expect(await resolve(repo, `${alsoDropped.slice(0, 10)}`)).toEqual([alsoDropped])
  })

  it('sees a detached HEAD and leaves the working tree alone', async () => {
    const repo = makeRepository(join(scratch.path, 'detached'))
    commit(repo, 'first')
    commit(repo, 'second')
    git(repo, 'checkout', '--quiet', '--detach', 'HEAD~1')
    const loose = commit(repo, 'on no branch')
    writeFileSync(join(repo, 'file.txt'), 'edited')
    const before = git(repo, 'status', '--porcelain')
    expect(await resolve(repo, 'HEAD')).toEqual([loose])
    expect(git(repo, 'status', '--porcelain')).toBe(before)
  })

  it('mirrors a subfolder, a bare repository and a linked working tree with its own HEAD', async () => {
    const repo = makeRepository(join(scratch.path, 'kinds'))
    const first = commit(repo, 'first', 'deep/file.txt')
    const second = commit(repo, 'second', 'deep/file.txt')
    git(repo, 'worktree', 'add', '--quiet', '--detach', join(scratch.path, 'linked'), first)
    git(scratch.path, 'clone', '--quiet', '--bare', repo, 'bare.git')
    expect(await resolve(join(repo, 'deep'), 'HEAD')).toEqual([second])
    expect(await resolve(join(scratch.path, 'linked'), 'HEAD')).toEqual([first])
    expect(await resolve(join(scratch.path, 'bare.git'), 'main~1')).toEqual([first])
    expect(await resolve(`file://${join(scratch.path, 'bare.git')}`, 'HEAD')).toEqual([second])
  })

  it('ignores replacement objects of the source', async () => {
    const repo = makeRepository(join(scratch.path, 'replaced'))
    const first = commit(repo, 'real')
    const other = commit(repo, 'fake')
    git(repo, 'replace', first, other)
    expect(await subject(repo, first)).toBe('real')
  })

  it('reads what is there of a shallow clone, names where it ends, and grows with it', async () => {
    const repo = makeRepository(join(scratch.path, 'full'))
    const shas = ['1', '2', '3', '4'].map((name) => commit(repo, name))
    const shallow = join(scratch.path, 'shallow')
    git(scratch.path, 'clone', '--quiet', '--depth', '2', `file://${repo}`, shallow)
    expect(await resolve(shallow, 'HEAD~1,HEAD')).toEqual(shas.slice(2))
    expect(await resolve(shallow, 'HEAD~1..HEAD')).toEqual(shas.slice(3))
    await expect(resolve(shallow, 'HEAD~2')).rejects.toMatchObject({
      code: 'ref_not_found',
      detail: {
        field: 'commits',
        value: 'HEAD~2',
        rule: expect.stringContaining(`cut off here: in this shallow clone it ends at ${shas[2]?.slice(0, 12)}`),
        remedy: expect.stringContaining('git fetch --unshallow'),
      },
    })
    const added = commit(shallow, 'on top')
    expect(await resolve(shallow, 'HEAD')).toEqual([added])
    git(shallow, 'fetch', '--quiet', '--unshallow')
    expect(await resolve(shallow, 'HEAD~3')).toEqual([shas[1]])
  })

  it('takes what a partial clone lacks from its remote', async () => {
    const upstream = makeRepository(join(scratch.path, 'upstream'))
    commit(upstream, 'old', 'file.txt', 'old content')
    commit(upstream, 'new', 'file.txt', 'new content')
    git(upstream, 'config', 'uploadpack.allowFilter', 'true')
    const partial = join(scratch.path, 'partial')
    git(scratch.path, 'clone', '--quiet', '--no-checkout', '--filter=blob:none', `file://${upstream}`, partial)
    git(partial, 'checkout', '--quiet', 'main')
    commit(partial, 'local', 'local.txt', 'local content')
    const mirror = await mirrorOf(state, partial)
    expect(git(mirror.path, 'show', 'refs/commit-suite/HEAD~2:file.txt')).toBe('old content')
    expect(git(mirror.path, 'show', 'refs/commit-suite/HEAD:local.txt')).toBe('local content')
    expect(() => git(mirror.path, 'rev-list', '--objects', '--all', '--quiet')).not.toThrow()
  })

  it('refuses a partial clone whose remote uses a forbidden transport, without running it', async () => {
    const upstream = join(scratch.path, 'upstream')
    const partial = join(scratch.path, 'partial-hostile')
    git(scratch.path, 'clone', '--quiet', '--no-checkout', '--filter=blob:none', `file://${upstream}`, partial)
    const canary = join(scratch.path, 'canary')
    git(partial, 'config', 'remote.origin.url', `ext::touch ${canary}`)
    git(partial, 'config', 'protocol.ext.allow', 'always')
    await expect(mirrorOf(state, partial)).rejects.toMatchObject({
      code: 'repo_not_allowed',
      detail: { field: 'repo' },
    })
    expect(() => statSync(canary)).toThrow()
  })

  it('is made anew when it is damaged', async () => {
    const repo = makeRepository(join(scratch.path, 'damaged'))
    const first = commit(repo, 'first')
    const mirror = await mirrorOf(state, repo)
    const pack = readdirSync(join(mirror.path, 'objects'), { recursive: true, encoding: 'utf8' })
      .map((name) => join(mirror.path, 'objects', name))
      .filter((path) => statSync(path).isFile())
    for (const path of pack) rmSync(path, { force: true })
    writeFileSync(join(mirror.path, 'packed-refs.lock'), '')
    expect(await resolve(repo, 'HEAD')).toEqual([first])
    truncateSync(join(mirror.path, 'HEAD'), 0)
    expect(await resolve(repo, first)).toEqual([first])
    expect(readFileSync(join(mirror.path, 'HEAD'), 'utf8')).toContain('refs/heads/')
  })

  it('is not held up by lock files of a git that died', async () => {
    const repo = makeRepository(join(scratch.path, 'locked'))
    commit(repo, 'first')
    const mirror = await mirrorOf(state, repo)
    const second = commit(repo, 'second')
    for (const name of ['packed-refs.lock', 'shallow.lock', 'refs/heads/main.lock']) {
      writeFileSync(join(mirror.path, name), '')
    }
    expect(await resolve(repo, 'main')).toEqual([second])
  })

  it.each([
    ['no-such-folder', 'repo_not_found', /does not exist/],
    ['plain', 'repo_not_found', /is not a git repository/],
    ['empty', 'repo_empty', /has no commits yet/],
  ])('explains what is wrong with %s', async (name, code, rule) => {
    if (name === 'plain') mkdirSync(join(scratch.path, 'plain'))
    if (name === 'empty') makeRepository(join(scratch.path, 'empty'))
    const path = join(scratch.path, name)
    await expect(mirrorOf(state, path)).rejects.toMatchObject({
      code,
      detail: { field: 'repo', value: path, rule: expect.stringMatching(rule) },
    })
  })
  it('keeps other branches where HEAD names one without commits', async () => {
    const repo = makeRepository(join(scratch.path, 'unborn'))
    const first = commit(repo, 'first')
    await resolve(repo, 'HEAD')
    git(repo, 'symbolic-ref', 'HEAD', 'refs/heads/not-yet')
    expect(await resolve(repo, 'main')).toEqual([first])
    await expect(resolve(repo, 'HEAD')).rejects.toMatchObject({ code: 'ref_not_found' })
  })

  it('calls an unreachable host a fault that may pass', async () => {
    await expect(mirrorOf(state, 'https://127.0.0.1:1/none/such.git')).rejects.toMatchObject({
      code: 'fetch_failed',
      retryable: true,
      detail: { field: 'repo', value: 'https://127.0.0.1:1/none/such.git' },
    })
  })
})
