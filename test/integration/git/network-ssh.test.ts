import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { parseAllowedRepository } from '../../../src/git/allowed-repositories.ts'
import { ensureMirror } from '../../../src/git/mirror.ts'
import type { ResolvedAddress } from '../../../src/network/resolve-host.ts'
import { commit, git, makeRepository, scratchFolder, silentLog, standInFor } from './scratch-repository.ts'

/** A stand-in for ssh on the PATH notes how it was called; real ssh says what it would make of such a call. */
describe('a repository behind ssh, asked for over the network', () => {
  const scratch = scratchFolder()
  const repo = join(scratch.path, 'repo')
  const calls = join(scratch.path, 'calls')
  const canary = join(scratch.path, 'canary')
  let sha = ''
  let states = 0

  beforeAll(() => {
    makeRepository(repo)
    sha = commit(repo, 'first')
  })
  beforeEach(() => {
    rmSync(calls, { force: true })
    const script = [
      `for word; do printf '%s\\n' "$word"; done >>${calls}`,
      `echo end >>${calls}`,
      'case "$*" in *HostName=203.0.113.1*) echo "ssh: connect to host x port 22: Connection refused" >&2; exit 255;; esac',
      'for last; do :; done',
      'exec sh -c "$last"',
    ]
    const bin = standInFor('ssh', join(scratch.path, 'bin'), script.join('\n'))
    vi.stubEnv('PATH', `${bin}:${process.env.PATH}`)
  })
  afterEach(() => {
    vi.unstubAllEnvs()
  })
  afterAll(() => scratch.remove())

  async function fetch(url: string, ...addresses: string[]): Promise<string> {
    const network = {
      allowedRepos: ['ssh://*', 'git@*'],
      allowedAddresses: [],
      resolve: async () =>
        addresses.map((address): ResolvedAddress => ({ address, family: address.includes(':') ? 6 : 4 })),
    }
    const { path } = await ensureMirror({
      stateDir: join(scratch.path, `state-${++states}`),
      repo: parseAllowedRepository(url, network.allowedRepos),
      network,
      signal: new AbortController().signal,
      heartbeat() {},
      log: silentLog,
    })
    return git(path, 'rev-parse', 'refs/commit-suite/HEAD')
  }

  /** The words of each call. */
  const called = (): string[][] =>
    readFileSync(calls, 'utf8')
      .split('end\n')
      .slice(0, -1)
      .map((call) => call.trim().split('\n'))

  it.each([
    ['ssh://git@pinned.test/REPO', 'git@pinned.test', 'pinned.test', '22'],
    ['ssh://git@pinned.test:22/REPO', 'git@pinned.test', 'pinned.test', '22'],
    ['ssh://git@pinned.test:2222/REPO', 'git@pinned.test', '[pinned.test]:2222', '2222'],
    ['ssh://Pinned.TEST/REPO', 'pinned.test', 'pinned.test', '22'],
    ['git@pinned.test:REPO', 'git@pinned.test', 'pinned.test', '22'],
  ])(
    'is fetched from the address that was checked, its key known by the name: %s',
    async (url, target, alias, port) => {
      expect(await fetch(url.replace('/REPO', repo).replace('REPO', repo), '203.0.113.7')).toBe(sha)
      const [words = []] = called()
      const options = words.filter((_, index) => words[index - 1] === '-o')
      expect(options.slice(0, 3)).toEqual(['HostName=203.0.113.7', `HostKeyAlias=${alias}`, `Port=${port}`])
      expect(words).toContain(target)
    },
  )

  it('is fetched over IPv6 too, and from the next address where one does not answer', async () => {
    expect(await fetch(`ssh://git@pinned.test${repo}`, '2606:2800::7')).toBe(sha)
    expect(called()[0]).toContain('HostName=2606:2800::7')
    rmSync(calls)
    expect(await fetch(`ssh://git@pinned.test${repo}`, '203.0.113.1', '203.0.113.2')).toBe(sha)
    expect(called().map((words) => words[1])).toEqual(['HostName=203.0.113.1', 'HostName=203.0.113.2'])
  })

  it('is refused before ssh is started where an address is private', async () => {
    const refused = fetch(`ssh://git@pinned.test${repo}`, '203.0.113.7', '10.0.0.1')
    await expect(refused).rejects.toMatchObject({ code: 'address_not_allowed' })
    expect(existsSync(calls)).toBe(false)
  })

  it("takes no ssh program from the worker's environment, which might connect elsewhere", async () => {
    const other = standInFor('other-ssh', join(scratch.path, 'other'), `touch ${canary}; exit 255`)
    vi.stubEnv('GIT_SSH_COMMAND', join(other, 'other-ssh'))
    vi.stubEnv('GIT_SSH', join(other, 'other-ssh'))
    expect(await fetch(`ssh://git@pinned.test${repo}`, '203.0.113.7')).toBe(sha)
    expect(existsSync(canary)).toBe(false)
  })

  it("is reached at that address whatever ssh's own configuration says, with the keys it names", async () => {
    await fetch(`ssh://git@pinned.test${repo}`, '203.0.113.7')
    const words = called()[0] ?? []
    vi.unstubAllEnvs()
    const config = join(scratch.path, 'ssh_config')
    mkdirSync(join(scratch.path, 'sockets'))
    writeFileSync(
      config,
      `CanonicalizeHostname always
CanonicalDomains evil.example
Host pinned.test
  HostName 10.0.0.1
  Port 2222
  HostKeyAlias evil.example
  ProxyJump jump.evil.example
  ControlMaster auto
  ControlPath ${scratch.path}/sockets/%n
  IdentityFile /keys/deploy
  LocalForward 1234 10.0.0.1:80
  ForwardAgent yes
`,
    )
    const options = words.slice(0, words.indexOf('git@pinned.test'))
    const said = execFileSync('ssh', ['-F', config, '-G', ...options, 'git@pinned.test'], { encoding: 'utf8' })
    const settings = new Set(said.split('\n'))
    const expected = ['hostname 203.0.113.7', 'port 22', 'hostkeyalias pinned.test', 'user git', 'batchmode yes']
    for (const line of [...expected, 'controlmaster false', 'canonicalizehostname false', 'forwardagent no']) {
      expect(settings).toContain(line)
    }
    expect(settings).toContain('identityfile /keys/deploy')
    expect(said).not.toMatch(/^(proxyjump|proxycommand|controlpath|localforward) (?!none)/m)
  })
})
