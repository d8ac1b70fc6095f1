import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { ensureMirror } from '../../../src/git/mirror.ts'
import { parseRepository } from '../../../src/git/repository-ref.ts'
import { resolveCommits } from '../../../src/git/resolve.ts'
import { commit, git, makeRepository, mirrorOf, scratchFolder, silentLog } from './scratch-repository.ts'

describe('a repository behind ssh', () => {
  const scratch = scratchFolder()
  const state = join(scratch.path, 'state')
  const upstream = join(scratch.path, 'upstream')
  const url = `ssh://git@example.com${upstream}`

  beforeAll(() => {
    makeRepository(upstream)
    // Stands in for ssh: the last argument is the command that the host would run.
    const ssh = join(scratch.path, 'ssh')
    writeFileSync(ssh, '#!/bin/sh\nfor last; do :; done\nexec sh -c "$last"\n')
    chmodSync(ssh, 0o755)
    vi.stubEnv('GIT_SSH_COMMAND', ssh)
  })
  afterAll(() => {
    vi.unstubAllEnvs()
    scratch.remove()
  })

  it('gives its branches under both names, tags, and other refs spelled out', async () => {
    const first = commit(upstream, 'first')
    git(upstream, 'tag', '-a', 'v1', '-m', 'v1')
    const second = commit(upstream, 'second')
    const proposed = commit(upstream, 'proposed')
    git(upstream, 'update-ref', 'refs/pull/7/head', proposed)
    git(upstream, 'reset', '--quiet', '--hard', second)
    const commits = ['v1', 'HEAD', 'main', 'origin/main', 'refs/pull/7/head']
    const mirror = await mirrorOf(state, url, commits)
    const found = await resolveCommits({ mirror, commits, firstParent: false })
    expect(found.map(({ sha, refs }) => [sha, refs])).toEqual([
      [first, ['v1']],
      [second, ['HEAD', 'main', 'origin/main']],
      [proposed, ['refs/pull/7/head']],
    ])
    const next = commit(upstream, 'next')
    git(upstream, 'update-ref', 'refs/pull/7/head', next)
    const again = await mirrorOf(state, url, ['refs/pull/7/head'])
    expect((await resolveCommits({ mirror: again, commits: ['refs/pull/7/head'], firstParent: false }))[0]?.sha).toBe(
      next,
    )
  })

  it('does not exist where the host says so', async () => {
    await expect(mirrorOf(state, `${url}-none`)).rejects.toMatchObject({
      code: 'repo_not_found',
      detail: { field: 'repo', value: `${url}-none`, rule: 'does not exist' },
    })
  })
})

describe('a repository behind http', () => {
  const scratch = scratchFolder()
  let server: Server
  let base = ''
  const requests: IncomingMessage[] = []

  beforeAll(async () => {
    server = createServer((request, response) => {
      requests.push(request)
      const status = Number(/^\/(\d{3})\//.exec(request.url ?? '')?.[1] ?? 404)
      const headers = { 'WWW-Authenticate': 'Basic realm="x"', Location: 'http://127.0.0.1:1/elsewhere' }
      response.writeHead(status, headers).end()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    base = typeof address === 'object' && address !== null ? `http://127.0.0.1:${address.port}` : ''
  })
  afterEach(() => {
    vi.unstubAllEnvs()
    requests.length = 0
  })
  afterAll(async () => {
    await new Promise((resolve) => server.close(resolve))
    scratch.remove()
  })

  const fetch = (path: string) =>
    ensureMirror({
      stateDir: join(scratch.path, 'state'),
      repo: parseRepository(`${base}${path}`, { transports: ['http'] }),
      signal: new AbortController().signal,
      heartbeat() {},
      log: silentLog,
    })

  it.each([
    ['/404/r', 'repo_not_found', /does not exist/],
    ['/401/r', 'repo_not_found', /credentials/],
    ['/403/r', 'repo_not_found', /credentials/],
    ['/301/r', 'repo_not_found', /redirects are not followed/],
    ['/500/r', 'fetch_failed', /could not be fetched/],
  ])('says what %s means', async (path, code, rule) => {
    const home = join(scratch.path, 'empty-home')
    mkdirSync(home, { recursive: true })
    vi.stubEnv('HOME', home)
    await expect(fetch(path)).rejects.toMatchObject({
      code,
      detail: { field: 'repo', value: `${base}${path}`, rule: expect.stringMatching(rule) },
    })
  })

  it("asks the user's credential helper, and takes nothing else from the user's configuration", async () => {
    const home = join(scratch.path, 'home')
    mkdirSync(home)
    const helper = '"!printf \'username=ada\\\\npassword=s3cr3t\\\\n\' #"'
    const canary = join(scratch.path, 'canary')
    const rewrite = `[url "ext::touch ${canary} "]\n\tinsteadOf = ${base}\n[protocol]\n\tallow = always\n`
    writeFileSync(join(home, '.gitconfig'), `[credential]\n\thelper = ${helper}\n${rewrite}`)
    vi.stubEnv('HOME', home)
    vi.stubEnv('XDG_CONFIG_HOME', '')
    const failure = await fetch('/401/private').catch((error: unknown) => error)
    const sent = requests.map(({ headers }) => headers.authorization).filter((header) => header !== undefined)
    expect(sent[0]).toBe(`Basic ${Buffer.from('ada:s3cr3t').toString('base64')}`)
    expect(failure).toMatchObject({ code: 'repo_not_found' })
    expect(JSON.stringify(failure)).not.toContain('s3cr3t')
    expect(existsSync(canary)).toBe(false)
  })
})
