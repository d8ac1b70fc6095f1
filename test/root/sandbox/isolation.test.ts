import { execFileSync } from 'node:child_process'
import { chmodSync, closeSync, mkdirSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SANDBOX_UID } from '../../../src/executors/local/sandbox/identity.ts'
import { type Host, launch, makeHost, run } from './launch.ts'

let host: Host
const servers: Server[] = []
const extra: string[] = []

beforeAll(() => {
  host = makeHost()
})
afterAll(async () => {
  for (const server of servers) await new Promise((resolve) => server.close(resolve))
  for (const path of extra) rmSync(path, { force: true })
  host.dispose()
})

/** What another uid of this host reads without a sandbox. */
const outside = (shell: string): string =>
  execFileSync('setpriv', ['--reuid', String(SANDBOX_UID), '--clear-groups', 'sh', '-c', shell], { encoding: 'utf8' })

function secret(path: string, mode = 0o644): string {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, 'secret')
  chmodSync(path, mode)
  return path
}

const listen = (address: string | { host: string; port: number }): Promise<Server> =>
  new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.end('reached'))
    servers.push(server)
    server.once('error', reject).listen(address, () => resolve(server))
  })

describe('code in a sandbox', () => {
  it.each([
    ['the state directory', () => join(host.state, 'results.db')],
    ["another run's tree", () => join(host.state, 'runs/other/tree/upper/file')],
    ['another directory of the host', () => join(host.root, 'elsewhere/file')],
    ['/run', () => '/run/commit-suite-sandbox-test'],
    ['/var/tmp', () => '/var/tmp/commit-suite-sandbox-test'],
  ])('cannot read a file that everyone may read in %s', async (_, where) => {
    const path = secret(where())
    if (!path.startsWith(host.root)) extra.push(path)
    expect(outside(`cat '${path}'`)).toBe('secret')
    const { status, stderr } = await run(host, `cat '${path}'`)
    expect(status).toBe('exit 1\n')
    expect(stderr).toContain('No such file')
  })

  it.each([0o700, 0o755])('cannot read a home of mode %o', async (mode) => {
    const home = join(host.root, `home-${mode}`)
    const path = secret(join(home, '.netrc'))
    chmodSync(home, mode)
    expect(mode === 0o755 ? outside(`cat '${path}'`) : execFileSync('cat', [path], { encoding: 'utf8' })).toBe('secret')
    const other = { ...host, env: { ...host.env, HOME: home } }
    const { status } = await run(other, `cat '${path}' || ls '${home}'`)
    expect(status).not.toBe('exit 0\n')
  })

  it('finds nothing of /root but toolchains', async () => {
    const path = secret('/root/commit-suite-sandbox-test')
    extra.push(path)
    expect((await run(host, `cat '${path}'`)).status).toBe('exit 1\n')
    expect((await run(host, 'cat /root/.npmrc /root/.gitconfig /root/.ssh/* /root/.cargo/env')).stdout).toBe('')
  })

  it('cannot get at the host through init', async () => {
    const { stdout } = await run(
      host,
      'ls /proc/1/root /proc/1/fd /proc/1/cwd; cat /proc/1/environ; ls /proc | grep -c "^[0-9]"',
    )
    expect(Number(stdout)).toBeLessThan(10)
  })

  it('inherits no open file but its output', async () => {
    const leak = openSync(host.root, 'r')
    // Of the shell, which waits: a program that has only just started opens files of its own, its libraries.
    const shell = 'ls /proc/$$/fd; true'
    const { stdout } = await (await launch(host, shell, {}, leak)).ended
    closeSync(leak)
    expect(stdout).toBe('0\n1\n2\n')
  })

  it('is another user without groups, capabilities or new privileges', async () => {
    const { stdout } = await run(host, 'id -u; id -g; id -G; grep -E "^(Cap|NoNewPrivs)" /proc/self/status; id -un')
    const [uid, gid, groups, ...rest] = stdout.trim().split('\n')
    expect([uid, gid, groups]).toEqual(Array(3).fill(String(SANDBOX_UID)))
    const capabilities = rest.filter((line) => line.startsWith('Cap'))
    expect(capabilities).toHaveLength(5)
    for (const line of capabilities) expect(line).toMatch(/^Cap\w+:\t0+$/)
    expect(rest).toContain('NoNewPrivs:\t1')
    expect(rest.at(-1)).toBe('commit-suite')
  })

  it('cannot mount, signal init, write its status or change what it is shown', async () => {
    const attempts = [
      'umount /etc/passwd',
      'kill -9 1',
      'echo 0 >/proc/1/fd/9',
      'touch /x',
      'touch /usr/x',
      'touch /etc/x',
    ]
    const { stdout } = await run(host, attempts.map((line) => `{ ${line}; } 2>/dev/null && echo "${line}"`).join('\n'))
    expect(stdout).toBe('')
  })

  it('gets its environment byte for byte, and none of it reaches privileged programs', async () => {
    const value = '$(touch /tmp/x) `id` "\'\\\n\té'
    const env = { PATH: '/usr/bin:/bin', ODD: value, LD_PRELOAD: '/nonexistent.so', IFS: 'x', name: 'n', CS_UID: '0' }
    const { stdout, stderr } = await run(host, '', { env, command: { argv: ['env', '-0'] } })
    const seen = Object.fromEntries(
      stdout.split('\0').map((line) => [line.split('=')[0], line.slice(line.indexOf('=') + 1)]),
    )
    expect(seen).toMatchObject({
      ...env,
      PATH: '/commit-suite/home/.local/bin:/usr/bin:/bin',
      HOME: '/commit-suite/home',
      TMPDIR: '/commit-suite/tmp',
      USER: 'commit-suite',
    })
    expect(Object.keys(seen).filter((key) => /^CS_(VAR|MOUNTS|STATUS|EXEC)/.test(key))).toEqual([])
    expect(stderr).not.toMatch(/(setpriv|mount|unshare|chown).*nonexistent/)
  })

  it('reaches no service of the host over TCP, abstract or file sockets', async () => {
    const tcp = (await listen({ host: '127.0.0.1', port: 0 })).address()
    const port = typeof tcp === 'object' && tcp !== null ? tcp.port : 0
    const abstract = `commit-suite-${process.pid}`
    await listen(`\0${abstract}`)
    const file = '/run/commit-suite-sandbox-test.sock'
    extra.push(file)
    await listen(file)
    chmodSync(file, 0o777)
    const reach = (family: string, address: string): string =>
      `/usr/bin/env python3 -c "import socket; s=socket.socket(socket.${family}); s.settimeout(60); s.connect(${address}); print(s.recv(9).decode())"`
    const ways: [string, string][] = [
      ['AF_INET', `('127.0.0.1',${port})`],
      ['AF_UNIX', `'\\\\0${abstract}'`],
      ['AF_UNIX', `'${file}'`],
    ]
    for (const [family, address] of ways) {
      const command = reach(family, address)
      const control = await promised(command)
      expect(control.trim()).toBe('reached')
      const { status, stdout, stderr } = await run(host, command)
      expect([status, stdout]).toEqual(['exit 1\n', ''])
      expect(stderr).toMatch(/ConnectionRefused|FileNotFound/)
    }
  })

  it('has a loopback that works and no other interface', async () => {
    const code =
      'import socket as s; l=s.create_server(("127.0.0.1",0)); c=s.create_connection(l.getsockname()); print(s.if_nameindex())'
    const { stdout, stderr } = await run(host, `python3 -c '${code}'`)
    expect([stdout.trim(), stderr]).toEqual(["[(1, 'lo')]", ''])
    const out = await run(host, `python3 -c 'import socket; socket.create_connection(("192.0.2.1", 80), 3)'`)
    expect(out.stderr).toContain('Network is unreachable')
  })
})

/** Runs outside any sandbox without blocking the servers of this process. */
async function promised(shell: string): Promise<string> {
  const { execFile } = await import('node:child_process')
  return new Promise((resolve, reject) => {
    execFile('bash', ['-c', shell], (error, stdout) => (error ? reject(error) : resolve(stdout)))
  })
}
