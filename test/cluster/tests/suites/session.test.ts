import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { SessionRef } from '../../../../src/contract/index.ts'
import type { Cluster } from '../../../../src/executors/kubernetes/cluster/cluster.ts'
import { connectCluster } from '../../../../src/executors/kubernetes/cluster/connect.ts'
import { createKubernetesExecutor, type KubernetesExecutor } from '../../../../src/executors/kubernetes/executor.ts'
import { KEYS } from '../../../../src/executors/kubernetes/names.ts'
import { loadTemplate } from '../../../../src/frameworks/templates.ts'
import { plainRepository, type TestRepository } from '../../../support/repository.ts'

const DAY_MS = 24 * 3_600_000
const unique = `${process.pid.toString(36)}${Date.now().toString(36)}`
const session: SessionRef = { chat: `Chat_${unique}`, user: 'someone@example.org', key: 'ci' }
const namespace = `im-chat-${unique}-someone-example-org`
const context = { signal: new AbortController().signal, heartbeat: () => undefined }

let stateDir: string
let repo: TestRepository
let executor: KubernetesExecutor
let cluster: Cluster
beforeAll(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'cs-session-'))
  repo = await plainRepository(1)
  await execa('git', ['clone', '--quiet', '--bare', repo.path, join(stateDir, 'mirror.git')])
  cluster = await connectCluster(undefined)
  const settings = { egress: 'none', pullSecrets: [], waitMs: 60_000 } as const
  executor = createKubernetesExecutor({ stateDir, secrets: { valueOf: () => undefined }, ...settings })
})
afterAll(async () => {
  await cluster.request(({ core }) => core.deleteNamespace({ name: namespace })).catch(() => undefined)
  await executor.close()
  await cluster.close()
  await repo.remove()
  await rm(stateDir, { recursive: true, force: true })
})

async function runOne(suite: string, command: string): Promise<string> {
  const template = await loadTemplate('generic')
  const sha = repo.shas[0] ?? ''
  const lane = {
    suite,
    sha,
    session,
    template,
    limits: {},
    isolation: 'pod',
    workdir: '.',
    env: {},
    secretEnv: [],
  } as const
  const mirrorPath = join(stateDir, 'mirror.git')
  await executor.provision({ ...lane, repo: repo.path, parallelism: 2 }, context)
  const preparing = { ...lane, mirrorPath, setup: [], parallelism: 2, timeoutMs: 60_000, secretEnv: [] }
  const prepared = await executor.prepare(preparing, context)
  if (!prepared.ok) throw new Error(prepared.output)
  const key = { suite, sha, attempt: 0, generation: 0 }
  const bounds = { timeoutMs: 30_000, graceMs: 3_000, outputCapBytes: 1_000_000, reports: [], secretEnv: [] }
  const request = { ...lane, ...bounds, key, try: 1, treeKey: prepared.treeKey, command: { shell: command } }
  const nothing = async (): Promise<void> => undefined
  const completion = await executor.run(request, { ...context, onStarted: nothing, onOutput: nothing })
  await completion.dispose()
  return Buffer.from(completion.stdout.head).toString()
}

describe("a session's namespace", () => {
  it('serves one suite after another and is kept for 24 h after the last request', async () => {
    expect(await runOne(`first-${unique}`, 'cat number')).toBe('0\n')
    const beganMs = Date.now()
    expect(await runOne(`second-${unique}`, 'echo again')).toBe('again\n')
    const sha = repo.shas[0] ?? ''
    await executor.release({ suite: `first-${unique}`, sha, session, keep: false })
    await executor.release({ suite: `second-${unique}`, sha, session, keep: false })
    const { metadata, status } = await cluster.request(({ core }) => core.readNamespace({ name: namespace }))
    expect(status?.phase).toBe('Active')
    expect(metadata?.annotations).toMatchObject({
      [KEYS.chat]: session.chat,
      [KEYS.user]: session.user,
      [KEYS.key]: session.key,
    })
    expect(Date.parse(metadata?.annotations?.[KEYS.expiresAt] ?? '')).toBeGreaterThanOrEqual(beganMs + DAY_MS)
    const pods = await cluster.request(({ core }) => core.listNamespacedPod({ namespace }))
    const staying = pods.items.filter(({ metadata: pod }) => pod?.deletionTimestamp === undefined)
    expect(staying.map(({ metadata: pod }) => pod?.name)).toEqual([])
  })
})
