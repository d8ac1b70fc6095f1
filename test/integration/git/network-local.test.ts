import { mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseAllowedRepository } from '../../../src/git/allowed-repositories.ts'
import { ensureMirror } from '../../../src/git/mirror.ts'
import type { NetworkAccess } from '../../../src/git/network-access.ts'
import { type GitServer, startGitServer } from './git-server.ts'
import { commit, git, makeRepository, mirrorOf, scratchFolder, silentLog } from './scratch-repository.ts'

/** `file:///…/repos/*` is allowed; a secret repository lies beside it, and an outer one around both. */
describe('a repository on the worker, asked for over the network', () => {
  const scratch = scratchFolder()
  const outer = join(scratch.path, 'outer')
  const repos = join(outer, 'repos')
  const secret = join(outer, 'secret')
  const state = join(scratch.path, 'state')
  const pattern = `file://${repos}/*`

  beforeAll(() => {
    makeRepository(outer)
    commit(outer, 'around')
    for (const path of [join(repos, 'plain'), join(repos, 'folder', 'deep'), secret]) {
      makeRepository(path)
      commit(path, path)
    }
    git(repos, 'clone', '--quiet', '--bare', 'plain', 'bare.git')
    git(join(repos, 'plain'), 'worktree', 'add', '--quiet', '--detach', '../worktree')
    git(secret, 'worktree', 'add', '--quiet', '--detach', join(repos, 'worktree-of-secret'))
    symlinkSync(secret, join(repos, 'link'))
    symlinkSync(outer, join(repos, 'link-up'))
    symlinkSync('plain', join(repos, 'link-inside'))
    mkdirSync(join(repos, 'git-link'))
    symlinkSync(join(secret, '.git'), join(repos, 'git-link', '.git'))
    mkdirSync(join(repos, 'git-file'))
    writeFileSync(join(repos, 'git-file', '.git'), `gitdir: ${join(secret, '.git')}\n`)
    mkdirSync(join(repos, 'empty'))
  })
  afterAll(() => scratch.remove())

  async function fetch(url: string, access: Partial<NetworkAccess> = {}, refs = ['HEAD']) {
    const network = { allowedRepos: [pattern], allowedAddresses: [], ...access }
    const repo = parseAllowedRepository(url, network.allowedRepos)
    const signal = new AbortController().signal
    return await ensureMirror({ stateDir: state, repo, refs, network, signal, heartbeat() {}, log: silentLog })
  }

  const subject = ({ path }: { path: string }) => git(path, 'log', '-1', '--format=%s', 'refs/commit-suite/HEAD')

  it.each(['plain', 'bare.git', 'worktree', 'link-inside', 'plain/../plain'])('is fetched inside: %s', async (name) => {
    expect(subject(await fetch(`file://${repos}/${name}`))).toBe(join(repos, 'plain'))
    expect(subject(await fetch(join(repos, name)))).toBe(join(repos, 'plain'))
  })

  it('is fetched where one pattern names it, and where the allowed folder is itself a link', async () => {
    const exact = `file://${repos}/folder/deep`
    expect(subject(await fetch(exact, { allowedRepos: [exact] }))).toBe(join(repos, 'folder', 'deep'))
    symlinkSync(repos, join(scratch.path, 'linked'))
    const linked = `file://${scratch.path}/linked`
    expect(subject(await fetch(`${linked}/plain`, { allowedRepos: [`${linked}/*`] }))).toBe(join(repos, 'plain'))
    await expect(fetch(`${linked}/link`, { allowedRepos: [`${linked}/*`] })).rejects.toMatchObject({
      code: 'repo_not_allowed',
    })
  })

  it.each([
    'link',
    'link/.git',
    'link-up/secret',
    'link-up',
    'git-link',
    'git-file',
    'worktree-of-secret',
    'empty',
    '../secret',
    'plain/../../secret',
    '%2e%2e/secret',
  ])('is refused where it leads outside: %s', async (name) => {
    await expect(fetch(`file://${repos}/${name}`)).rejects.toMatchObject({
      code: 'repo_not_allowed',
      detail: {
        field: 'repo',
        rule: expect.any(String),
        remedy: expect.stringContaining('COMMIT_SUITE_ALLOWED_REPOS'),
      },
    })
  })

  it('is checked before each use, of a mirror that others made too', async () => {
    const sha = git(secret, 'rev-parse', 'HEAD')
    const mirror = await mirrorOf(state, secret, [sha])
    const read = (allowedRepos: string[]) => fetch(`file://${secret}`, { allowedRepos }, [sha])
    await expect(read([pattern])).rejects.toMatchObject({ code: 'repo_not_allowed' })
    expect(await read([`file://${secret}`])).toEqual(mirror)
    // What was a folder when it was mirrored is a link now.
    const moving = makeRepository(join(repos, 'moving'))
    const moved = commit(moving, 'first')
    await fetch(`file://${moving}`, {}, [moved])
    renameSync(moving, join(outer, 'moved'))
    symlinkSync(join(outer, 'moved'), moving)
    await expect(fetch(`file://${moving}`, {}, [moved])).rejects.toMatchObject({ code: 'repo_not_allowed' })
  })

  describe('that is a partial clone', () => {
    const partial = join(repos, 'partial')
    let server: GitServer
    let sha = ''

    beforeAll(async () => {
      const upstream = makeRepository(join(scratch.path, 'served', 'upstream'))
      commit(upstream, 'old', 'file.txt', 'old')
      sha = commit(upstream, 'new', 'file.txt', 'new')
      git(upstream, 'config', 'uploadpack.allowFilter', 'true')
      server = await startGitServer(join(scratch.path, 'served'))
      const url = `http://pinned.test:${server.port}/upstream`
      git(repos, 'clone', '--quiet', '--no-checkout', '--filter=blob:none', `file://${upstream}`, partial)
      git(partial, 'config', 'remote.origin.url', url)
    })
    afterAll(() => server.close())

    const resolve = async () => [{ address: '127.0.0.1', family: 4 as const }]

    it('is refused where its remote has a private address, though another mirrored it before', async () => {
      const allowedRepos = [pattern, 'http://*']
      await expect(fetch(`file://${partial}`, { allowedRepos, resolve })).rejects.toMatchObject({
        code: 'address_not_allowed',
        detail: { field: 'repo', rule: expect.stringMatching(/partial clone.*private address/) },
      })
      expect(server.requests).toEqual([])
      const { path } = await fetch(`file://${partial}`, { allowedRepos, resolve, allowedAddresses: ['127.0.0.1'] })
      expect(git(path, 'show', 'refs/commit-suite/HEAD~1:file.txt')).toBe('old')
      expect(server.requests[0]).toContain('pinned.test:')
      const again = fetch(`file://${partial}`, { allowedRepos, resolve }, [sha])
      await expect(again).rejects.toMatchObject({ code: 'address_not_allowed' })
    })

    it.each([
      ['remote', () => `http://pinned.test:${server.port}/upstream`],
      ['folder', () => secret],
      ['relative folder', () => '../../secret'],
    ])('is refused where its %s is not allowed', async (_, url) => {
      git(partial, 'config', 'remote.origin.url', url())
      await expect(fetch(`file://${partial}`, { resolve, allowedAddresses: ['127.0.0.1'] })).rejects.toMatchObject({
        code: 'repo_not_allowed',
        detail: { field: 'repo', rule: expect.stringMatching(/partial clone/) },
      })
    })
  })
})
