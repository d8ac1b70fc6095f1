import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import type { ServerResponse } from 'node:http'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { parseAllowedRepository } from '../../../src/git/allowed-repositories.ts'
import { ensureMirror } from '../../../src/git/mirror.ts'
import type { NetworkAccess } from '../../../src/git/network-access.ts'
import { unmetNeeds } from '../../../src/git/unmet-needs.ts'
import { resolveHost } from '../../../src/network/resolve-host.ts'
import { type GitServer, startGitServer } from './git-server.ts'
import { commit, git, makeRepository, scratchFolder, silentLog, standInFor } from './scratch-repository.ts'

/** What a second DNS answer, a proxy, a redirect or a repository could move, it cannot. */
describe('a repository behind http, asked for over the network', () => {
  const scratch = scratchFolder()
  const served = join(scratch.path, 'served')
  const repo = join(served, 'repo')
  let server: GitServer
  let other: GitServer
  let sha = ''
  let states = 0

  beforeAll(async () => {
    makeRepository(repo)
    sha = commit(repo, 'first')
    server = await startGitServer(served, { answer: (request, response) => redirect(request.url ?? '', response) })
    other = await startGitServer(served)
    const home = join(scratch.path, 'home')
    mkdirSync(home)
    vi.stubEnv('HOME', home)
  })
  afterEach(() => {
    server.requests.length = 0
    other.requests.length = 0
  })
  afterAll(async () => {
    vi.unstubAllEnvs()
    await Promise.all([server.close(), other.close()])
    scratch.remove()
  })

  function redirect(url: string, response: ServerResponse): boolean {
    if (!url.startsWith('/moved/')) return false
    response.writeHead(302, { Location: `http://127.0.0.1:${other.port}/${url.slice('/moved/'.length)}` }).end()
    return true
  }

  const newState = () => join(scratch.path, `state-${++states}`)
  const to =
    (...addresses: string[]) =>
    async () =>
      addresses.map((address) => ({ address, family: address.includes(':') ? (6 as const) : (4 as const) }))

  function fetch(url: string, access: Partial<NetworkAccess> = {}, state = newState(), refs = ['HEAD']) {
    const network = { allowedRepos: ['http://*', 'https://*'], allowedAddresses: [], ...access }
    const repo = parseAllowedRepository(url, network.allowedRepos)
    const signal = new AbortController().signal
    return ensureMirror({ stateDir: state, repo, refs, network, signal, heartbeat() {}, log: silentLog })
  }

  const shaOf = ({ path }: { path: string }) => git(path, 'rev-parse', 'refs/commit-suite/HEAD')

  it('is fetched from the address that was checked, under a name that only the check could resolve', async () => {
    const resolve = vi.fn(to('127.0.0.1'))
    const url = `http://pinned.test:${server.port}/repo`
    const mirror = await fetch(url, { allowedAddresses: ['127.0.0.0/8'], resolve })
    expect(shaOf(mirror)).toBe(sha)
    expect(resolve.mock.calls).toEqual([['pinned.test']])
    expect(new Set(server.requests.map((line) => line.split(' ')[0]))).toEqual(new Set([`pinned.test:${server.port}`]))
  })

  it('is fetched from there even where the system knows another address for the name', async () => {
    // The system takes localhost for 127.0.0.1, where the same port answers too.
    const elsewhere = await startGitServer(served, { host: '127.0.0.2', port: server.port })
    try {
      const access = { allowedAddresses: ['127.0.0.2'], resolve: to('127.0.0.2') }
      const mirror = await fetch(`http://localhost:${server.port}/repo`, access)
      expect(shaOf(mirror)).toBe(sha)
      expect(elsewhere.requests.length).toBeGreaterThan(0)
      expect(server.requests).toEqual([])
    } finally {
      await elsewhere.close()
    }
  })

  it.each([[['127.0.0.2', '127.0.0.1']], [['::1', '127.0.0.1']]])(
    'is fetched from the next address where one of %j does not answer',
    async (addresses) => {
      const access = { allowedAddresses: ['127.0.0.0/8', '::1'], resolve: to(...addresses) }
      expect(shaOf(await fetch(`http://pinned.test:${server.port}/repo`, access))).toBe(sha)
    },
  )

  const hasIpv6 = Object.values(networkInterfaces()).some((list) => list?.some(({ address }) => address === '::1'))

  it.skipIf(!hasIpv6)('is fetched over IPv6, by name and by address', async () => {
    const six = await startGitServer(served, { host: '::1' })
    try {
      const access = { allowedAddresses: ['::1'], resolve: to('::1') }
      expect(shaOf(await fetch(`http://pinned.test:${six.port}/repo`, access))).toBe(sha)
      expect(shaOf(await fetch(`http://[::1]:${six.port}/repo`, access))).toBe(sha)
      expect(six.requests[0]).toContain('pinned.test:')
    } finally {
      await six.close()
    }
  })

  it('is fetched directly, whatever proxy the worker uses otherwise', async () => {
    for (const name of ['http_proxy', 'https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY']) {
      vi.stubEnv(name, `http://127.0.0.1:${other.port}`)
    }
    try {
      const access = { allowedAddresses: ['127.0.0.1'], resolve: to('127.0.0.1') }
      expect(shaOf(await fetch(`http://pinned.test:${server.port}/repo`, access))).toBe(sha)
      expect(other.requests).toEqual([])
    } finally {
      for (const name of ['http_proxy', 'https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY']) vi.stubEnv(name, '')
    }
  })

  it.each([
    'http://127.0.0.1:PORT/repo',
    'http://2130706433:PORT/repo',
    'http://0x7f.1:PORT/repo',
    'http://0177.0.0.1:PORT/repo',
    'http://127.1:PORT/repo',
    'http://0:PORT/repo',
    'http://localhost:PORT/repo',
    'http://LOCALHOST:PORT/repo',
    'http://[::1]:PORT/repo',
    'http://[::ffff:127.0.0.1]:PORT/repo',
    'http://[::127.0.0.1]:PORT/repo',
    'http://10.0.0.1/repo',
    'https://169.254.169.254/latest/meta-data',
    'https://[fd00:ec2::254]/latest',
  ])('is refused at an address that is not for the network: %s', async (template) => {
    const url = template.replace('PORT', String(server.port))
    await expect(fetch(url)).rejects.toMatchObject({
      code: 'address_not_allowed',
      retryable: false,
      detail: { field: 'repo', rule: expect.stringMatching(/private address/), remedy: expect.any(String) },
    })
    expect(server.requests).toEqual([])
  })

  it.each(['http://localhost.:PORT/repo', 'http://example.com./repo'])(
    'is refused under a name that not everyone reads alike: %s',
    (template) => {
      const refused = () => fetch(template.replace('PORT', String(server.port)))
      expect(refused).toThrow(expect.objectContaining({ code: 'repo_not_allowed' }))
    },
  )

  it('is refused where one of its addresses is private', async () => {
    const url = `http://pinned.test:${server.port}/repo`
    const refused = fetch(url, { allowedAddresses: ['127.0.0.1'], resolve: to('127.0.0.1', '10.0.0.1') })
    await expect(refused).rejects.toMatchObject({ code: 'address_not_allowed' })
  })

  it('is checked before each use, of a mirror that has everything too', async () => {
    const state = newState()
    const url = `http://pinned.test:${server.port}/repo`
    const allowedAddresses = ['127.0.0.1']
    const again = (access: Partial<NetworkAccess>) => fetch(url, { allowedAddresses, ...access }, state, [sha])
    const { path } = await again({ resolve: to('127.0.0.1') })
    server.requests.length = 0
    expect(await again({ resolve: to('127.0.0.1') })).toEqual({ path })
    expect(server.requests).toEqual([])
    await expect(again({ resolve: to('10.0.0.1') })).rejects.toMatchObject({ code: 'address_not_allowed' })
    const away = () => Promise.reject(new Error('EAI_AGAIN'))
    await expect(again({ resolve: away })).rejects.toMatchObject({ code: 'fetch_failed', retryable: true })
    expect(() => again({ allowedRepos: ['https://*'] })).toThrow(expect.objectContaining({ code: 'repo_not_allowed' }))
  })

  it('is not looked for where it redirects to, though that address would be allowed', async () => {
    const access = { allowedAddresses: ['127.0.0.1'], resolve: to('127.0.0.1') }
    const moved = fetch(`http://pinned.test:${server.port}/moved/repo`, access)
    await expect(moved).rejects.toMatchObject({
      code: 'repo_not_found',
      detail: { rule: expect.stringMatching(/redirects/) },
    })
    expect(other.requests).toEqual([])
  })

  it('leads to no other repository by its list of alternates', async () => {
    const info = join(served, 'dumb', 'objects', 'info')
    git(served, 'clone', '--quiet', '--bare', repo, 'dumb')
    git(join(served, 'dumb'), 'update-server-info')
    writeFileSync(join(info, 'http-alternates'), `http://127.0.0.1:${other.port}/repo/.git/objects\n`)
    const dumb = await startGitServer(served, {
      answer: (request, response) => {
        const url = new URL(request.url ?? '/', 'http://any')
        // A server without git: refs are listed, objects are missing.
        if (url.pathname.endsWith('/info/refs')) response.end(`${sha}\trefs/heads/main\n`)
        else if (url.pathname.endsWith('/HEAD')) response.end('ref: refs/heads/main\n')
        else if (url.pathname.endsWith('/http-alternates')) return false
        else response.writeHead(404).end()
        return true
      },
    })
    try {
      const access = { allowedAddresses: ['127.0.0.1'], resolve: to('127.0.0.1') }
      await expect(fetch(`http://pinned.test:${dumb.port}/dumb`, access)).rejects.toMatchObject({
        code: expect.stringMatching(/_/),
      })
      expect(dumb.requests.some((line) => line.endsWith('http-alternates'))).toBe(true)
      expect(other.requests).toEqual([])
    } finally {
      await dumb.close()
    }
  })

  it('brings no submodule along', async () => {
    const outer = makeRepository(join(served, 'outer'))
    const modules = `[submodule "inner"]\n\tpath = inner\n\turl = http://127.0.0.1:${other.port}/repo\n`
    git(outer, 'update-index', '--add', '--cacheinfo', `160000,${sha},inner`)
    writeFileSync(join(outer, '.gitmodules'), modules)
    git(outer, 'add', '.gitmodules')
    git(outer, 'commit', '--quiet', '-m', 'with a submodule')
    const access = { allowedAddresses: ['127.0.0.1'], resolve: to('127.0.0.1') }
    const mirror = await fetch(`http://pinned.test:${server.port}/outer`, access)
    expect(await unmetNeeds(mirror, shaOf(mirror))).toEqual([
      expect.stringMatching(/submodules \(inner\).*not fetched/),
    ])
    expect(other.requests).toEqual([])
  })

  it('needs a git that connects where it is told', async () => {
    const url = `http://pinned.test:${server.port}/repo`
    const access = { allowedAddresses: ['127.0.0.1'], resolve: vi.fn(resolveHost) }
    vi.resetModules()
    const bin = standInFor('git', join(scratch.path, 'bin'), 'echo git version 2.36.1')
    vi.stubEnv('PATH', `${bin}:${process.env.PATH}`)
    const fresh = await import('../../../src/git/mirror.ts')
    const network = { allowedRepos: ['http://*'], ...access }
    const state = newState()
    const request = { repo: parseAllowedRepository(url, ['http://*']), network, signal: new AbortController().signal }
    const refused = fresh.ensureMirror({ stateDir: state, ...request, heartbeat() {}, log: silentLog })
    await expect(refused).rejects.toMatchObject({
      code: 'not_supported',
      message: expect.stringMatching(/git 2\.36\.1 .* 2\.37 or newer/),
    })
    expect(access.resolve).not.toHaveBeenCalled()
    expect(existsSync(state)).toBe(false)
  })
})
