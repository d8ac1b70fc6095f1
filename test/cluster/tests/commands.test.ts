import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { networkInterfaces, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { OURS } from '../support/own-cluster.ts'

const SYSCTLS = ['vm/overcommit_memory', 'vm/panic_on_oom', 'kernel/panic', 'kernel/panic_on_oops']

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cs-tc-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** As `make` calls it, for another cluster than the one that the tests run on. */
const cluster = (command: string) =>
  execa(resolve('test/cluster/cluster.sh'), [command], {
    env: { COMMIT_SUITE_TEST_CLUSTER_DIR: join(folder, 'state') },
    reject: false,
  })

const names = async (command: string, ...args: string[]): Promise<string[]> =>
  (await execa(command, args)).stdout.split('\n').toSorted()

/** What `up` says it changes: links and addresses, firewall rules, cgroups, mounts, namespaces, sysctls. */
async function machine() {
  return {
    links: Object.keys(networkInterfaces()).toSorted(),
    forwarding: await readFile('/proc/sys/net/ipv4/ip_forward', 'utf8'),
    firewall: await names('iptables-save').then((lines) => lines.filter((line) => line.startsWith('-A'))),
    cgroups: await names('find', '/sys/fs/cgroup', '-maxdepth', '2', '-type', 'd', '-name', 'cstc-*'),
    mounts: (await names('findmnt', '--list', '--noheadings', '--output', 'TARGET')).filter((at) =>
      at.startsWith(folder),
    ),
    sysctls: await Promise.all(SYSCTLS.map(async (name) => (await readFile(`/proc/sys/${name}`, 'utf8')).trim())),
  }
}

describe.runIf(OURS)('the commands of the test cluster', () => {
  test('status of one that is not there fails, and names where it would be', async () => {
    const { exitCode, stdout } = await cluster('status')
    expect(exitCode).toBe(1)
    expect(stdout.split('\n')[0]).toBe(`KUBECONFIG=${join(folder, 'state', 'admin.kubeconfig')}`)
    expect(stdout.trim().split('\n').at(-1)).toBe('not ready')
  })

  test('up brings a second one up beside the first, status says so, and down puts everything back', async () => {
    const before = await machine()
    try {
      const up = await cluster('up')
      expect(up).toMatchObject({ exitCode: 0, stdout: '' })
      expect(up.stderr).toContain('changes on this machine')
      const { exitCode, stdout } = await cluster('status')
      const lines = stdout.trim().split('\n')
      expect(exitCode).toBe(0)
      expect(lines[0]).toMatch(/^KUBECONFIG=\//)
      expect(lines[1]).toMatch(/^GATEWAY=10\.244\.\d+\.1$/)
      expect(lines.at(-1)).toBe('ready')
      const KUBECONFIG = lines[0]?.slice('KUBECONFIG='.length) ?? ''
      const kubectl = join(folder, 'state', 'bin', 'kubectl')
      const nodes = await execa(kubectl, ['get', 'nodes', '--no-headers'], { env: { KUBECONFIG } })
      expect(nodes.stdout).toMatch(/^node1 +Ready /)
      const during = await machine()
      expect(during.links.length).toBe(before.links.length + 1)
      expect(during.cgroups.length).toBeGreaterThan(before.cgroups.length)
      expect([before.mounts.length, during.mounts.length > 0]).toEqual([0, true])
      // All rules are in the cluster's own network.
      expect(during).toMatchObject({ firewall: before.firewall, forwarding: before.forwarding })
    } finally {
      expect(await cluster('down')).toMatchObject({ exitCode: 0 })
    }
    expect(await machine()).toEqual(before)
    await expect(stat(join(folder, 'state'))).rejects.toMatchObject({ code: 'ENOENT' })
    expect(await cluster('down')).toMatchObject({ exitCode: 0 })
    expect(await cluster('status')).toMatchObject({ exitCode: 1 })
  })

  test('sysctls go back to what they were with the last cluster of the machine, and not before', async () => {
    const file = '/proc/sys/kernel/keys/root_maxkeys'
    const before = await readFile(file, 'utf8')
    // In a /run of its own no other cluster is known.
    const script = `set -euo pipefail
mount -t tmpfs none /run
id=cstc-tested; . test/cluster/lib/sysctls.sh
remember_sysctls
touch $machine/clusters/cstc-other
echo $(($(cat ${file}) + 1)) >${file}
remember_sysctls && put_sysctls_back && cat ${file}
rm $machine/clusters/cstc-other
put_sysctls_back && cat ${file} && ls /run | wc -l`
    try {
      const { stdout } = await execa('unshare', ['--mount', 'bash', '-c', script])
      expect(stdout.split('\n')).toEqual([String(Number(before) + 1), before.trim(), '0'])
    } finally {
      await writeFile(file, before)
    }
  })

  test('what it does not know is refused with what there is', async () => {
    const { exitCode, stderr } = await cluster('sideways')
    expect(exitCode).toBe(2)
    expect(stderr).toContain('cluster.sh up ')
  })
})
