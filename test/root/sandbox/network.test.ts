import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type EgressProxy, startEgressProxy } from '../../../src/executors/local/egress/proxy.ts'
import { FORWARDER_UID } from '../../../src/executors/local/sandbox/identity.ts'
import { type Host, makeHost, run } from './launch.ts'

let host: Host
let origin: Server
let port: number
let proxy: EgressProxy
let socket: string
const answered: string[] = []

beforeAll(async () => {
  host = makeHost()
  origin = createServer((message, response) => {
    answered.push(message.headers.host ?? '')
    response.end('package')
  })
  await new Promise<void>((resolve) => origin.listen(0, '127.0.0.1', resolve))
  port = (origin.address() as AddressInfo).port
  socket = join(host.state, 'proxy.sock')
  const resolve = async () => [{ address: '127.0.0.1', family: 4 as const }]
  proxy = await startEgressProxy({ socketPath: socket, allow: [`registry.test:${port}`], ports: [port], resolve })
})
afterAll(async () => {
  await proxy.close()
  origin.closeAllConnections()
  await new Promise((resolve) => origin.close(resolve))
  host.dispose()
})

const fetch = (url: string, before = ''): string =>
  `python3 -c "${before}
import urllib.request, urllib.error
try: print(urllib.request.urlopen('${url}', timeout=60).read().decode())
except urllib.error.HTTPError as e: print(e.code)
except OSError as e: print('OSError', e)"`

const setup = (shell: string) => run(host, shell, { writes: 'direct', network: { mode: 'proxy', socket } })

describe('a set-up in a sandbox', () => {
  it('reaches an allowed server through the proxy', async () => {
    const { stdout, stderr, status } = await setup(fetch(`http://registry.test:${port}/simple/`))
    expect([stdout, stderr, status]).toEqual(['package\n', '', 'exit 0\n'])
    expect(answered).toEqual([`registry.test:${port}`])
  })

  it('does not reach a private server through the proxy', async () => {
    const before = answered.length
    expect((await setup(fetch(`http://private.test:${port}/`))).stdout).toBe('403\n')
    expect((await setup(fetch('http://169.254.169.254/latest/meta-data/'))).stdout).toBe('403\n')
    expect(answered).toHaveLength(before)
  })

  it('does not reach anything past the proxy', async () => {
    const direct = "import os; [os.environ.pop(k, 0) for k in list(os.environ) if 'proxy' in k.lower()]"
    expect((await setup(fetch(`http://127.0.0.1:${port}/`, direct))).stdout).toContain('Connection refused')
    expect((await setup(fetch('http://192.0.2.1/', direct))).stdout).toContain('unreachable')
  })

  it('cannot signal or trace the forwarder, which has another uid and no capabilities', async () => {
    const shell = `for p in /proc/[0-9]*; do [ \${p#/proc/} != $$ ] && tr '\\0' ' ' <$p/cmdline | grep -q forwarder && grep -E "^(Uid|CapEff|NoNew)" $p/status && kill \${p#/proc/}; done`
    const { stdout, stderr } = await setup(shell)
    expect(stdout).toContain(`Uid:\t${FORWARDER_UID}\t${FORWARDER_UID}`)
    expect(stdout).toContain('CapEff:\t0000000000000000')
    expect(stdout).toContain('NoNewPrivs:\t1')
    expect(stderr).toContain('not permitted')
  })
})

describe('a run in a sandbox', () => {
  it('has neither proxy nor forwarder', async () => {
    const { stdout } = await run(host, `env | grep -i proxy; ls /commit-suite; ${fetch('http://127.0.0.1:3128/')}`)
    expect(stdout).toBe('etc\nhome\nhost\ntmp\ntree\nOSError <urlopen error [Errno 111] Connection refused>\n')
  })
})
