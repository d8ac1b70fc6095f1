import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Isolation } from '../../../src/contract/index.ts'
import type { PrepareContext, PrepareRequest, RunContext, RunRequest } from '../../../src/executors/executor.ts'
import { createKubernetesExecutor, type KubernetesExecutor } from '../../../src/executors/kubernetes/executor.ts'
import { kubernetesPlaces } from '../../../src/executors/kubernetes/places.ts'
import { loadTemplate } from '../../../src/frameworks/templates.ts'
import { plainRepository } from '../../support/repository.ts'
import type { Figure } from '../figure.ts'

export interface LaneOptions {
  isolation: Isolation
  parallelism: number
  command: string
  reports: string[]
}

/** A commit of a small repository on the cluster, prepared for runs through the executor alone. */
export interface BenchLane {
  executor: KubernetesExecutor
  suite: string
  /** Of any run; the next attempt each time. */
  nextRequest(): RunRequest
  /** The packed tree. */
  pack: string
  /** What a suite costs before its first run. */
  startUp: Figure[]
}

const LIMIT_MS = 120_000

export const quietContext = (): RunContext & PrepareContext => ({
  signal: new AbortController().signal,
  heartbeat: () => undefined,
  onStarted: async () => undefined,
  onOutput: async () => undefined,
})

export async function withLane<T>(options: LaneOptions, work: (lane: BenchLane) => Promise<T>): Promise<T> {
  const repo = await plainRepository()
  const stateDir = await mkdtemp(join(tmpdir(), 'cs-bench-'))
  const executor = createKubernetesExecutor({
    ...{ stateDir, secrets: { valueOf: () => undefined }, egress: 'none', pullSecrets: [], waitMs: LIMIT_MS },
  })
  const ids = { suite: `bench-${process.pid}-${Date.now().toString(36)}`, sha: repo.shas[0] ?? 'HEAD' }
  try {
    return await work(await prepareLane(executor, { ...options, ...ids, repo: repo.path, stateDir }))
  } finally {
    await executor.release({ ...ids, keep: false })
    await executor.close()
    await rm(stateDir, { recursive: true, force: true })
    await repo.remove()
  }
}

interface Lane extends LaneOptions {
  suite: string
  sha: string
  repo: string
  stateDir: string
}

async function prepareLane(executor: KubernetesExecutor, lane: Lane): Promise<BenchLane> {
  const { suite, sha, repo, stateDir, isolation, parallelism, command, reports } = lane
  const template = await loadTemplate('generic')
  const common = { template, isolation, workdir: '.', env: {}, secretEnv: [], limits: {}, timeoutMs: LIMIT_MS }
  const toPrepare: PrepareRequest = { suite, sha, parallelism, setup: [], mirrorPath: join(repo, '.git'), ...common }
  const beganAtMs = performance.now()
  await executor.provision({ suite, sha, repo, template, limits: {}, parallelism }, quietContext())
  const provisionedAtMs = performance.now()
  const preparation = await executor.prepare(toPrepare, quietContext())
  const preparedAtMs = performance.now()
  if (!preparation.ok) throw new Error(`the preparation failed: ${preparation.output}`)
  const { treeKey } = preparation
  let attempt = 0
  return {
    executor,
    suite,
    nextRequest: () => ({
      ...{ key: { suite, sha, attempt: attempt++, generation: 0 }, try: 1, treeKey, command: { shell: command } },
      ...{ ...common, graceMs: 500, outputCapBytes: 10 * 1024 * 1024, reports },
    }),
    pack: join(kubernetesPlaces(stateDir).packs, `${treeKey}.tgz`),
    startUp: [
      { name: 'before the first run: namespace', unit: 'ms', samples: [provisionedAtMs - beganAtMs] },
      { name: 'before the first run: prepare pod', unit: 'ms', samples: [preparedAtMs - provisionedAtMs] },
    ],
  }
}
