import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sha12 } from '../../../src/contract/index.ts'
import type { RunContext, RunRequest } from '../../../src/executors/executor.ts'
import type { ExecOptions } from '../../../src/executors/kubernetes/cluster/cluster.ts'
import type { KubernetesHost } from '../../../src/executors/kubernetes/host.ts'
import { kubernetesPlaces } from '../../../src/executors/kubernetes/places.ts'
import { NamespaceProgress } from '../../../src/executors/kubernetes/pods/progress.ts'
import type { Pack } from '../../../src/executors/kubernetes/prepare/packs.ts'
import type { Exec, FakeCluster } from '../../support/fake-cluster.ts'
import { template } from '../kubernetes-manifest/fixture.ts'

export const SHA = 'a1b2c3d4e5f6'.padEnd(40, '0')

export const runRequest = (changes: Partial<RunRequest> = {}): RunRequest => ({
  ...{
    template: template(),
    try: 1,
    treeKey: 'tree',
    command: { shell: 'true' },
    workdir: '.',
    env: {},
    secretEnv: [],
  },
  key: { suite: 's', sha: SHA, attempt: 0, generation: 0 },
  ...{ isolation: 'pod', limits: {}, timeoutMs: 60_000, graceMs: 1_000, outputCapBytes: 1_000, reports: [] },
  ...changes,
})

export const runContext = (changes: Partial<RunContext> = {}): RunContext => ({
  signal: new AbortController().signal,
  heartbeat: () => undefined,
  onStarted: async () => undefined,
  onOutput: async () => undefined,
  ...changes,
})

export const untilAborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason)
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })

/** What `attach.sh` prints of a run that passed. */
export const PASSED = (() => {
  const streams = { stdout: { totalBytes: 0 }, stderr: { totalBytes: 0 } }
  const status = JSON.stringify({
    ...{ exitCode: 0, signal: null, timedOut: false, startedAtMs: 1_000, durationMs: 5 },
    ...{ ...streams, oomKills: 0, leftovers: 0 },
  })
  return `started 1000\nstatus ${status.length}\n${status}end\n`
})()

interface Runner {
  /** What becomes of a run that is asked for or followed; its connection ends then. */
  attach(options: ExecOptions, name: string): Promise<void>
  /** What `state.sh` prints. */
  state?: string
}

/** Commands in pods, as the runner's scripts answer them. */
export const runner =
  ({ attach, state = 'idle' }: Runner): Exec =>
  async (_target, command, options) => {
    // `state.sh` has no words, nor a name.
    const [, , , script = 'state.sh', , name = ''] = command
    const work = async (): Promise<void> => {
      if (script === 'attach.sh') await attach(options, name)
      else if (script === 'state.sh') await options.onStdout(Buffer.from(`${state}\n`))
    }
    const ended = work().then(() => ({ exitCode: 0, stderr: '' }))
    ended.catch(() => undefined)
    return { write: async () => undefined, ended }
  }

export const podName = (suffix: string): string => `s-${sha12(SHA)}-${suffix}`

export interface FakeHost {
  host: KubernetesHost
  /** An empty file: what is in it is for a runner, and there is none. */
  pack: Pack
  remove(): Promise<void>
}

export async function fakeHost(cluster: FakeCluster): Promise<FakeHost> {
  const stateDir = await mkdtemp(join(tmpdir(), 'cs-pods-'))
  const path = join(stateDir, 'pack.tgz')
  await writeFile(path, '')
  return {
    host: {
      cluster: async () => cluster,
      places: kubernetesPlaces(stateDir),
      secrets: { valueOf: () => undefined },
      settings: { waitMs: 60_000, awayMs: 60_000, egress: 'none', imagePullSecrets: [], runsPerWarmPod: 10 },
      progress: new NamespaceProgress(),
      log: undefined,
    },
    pack: { path, sizeBytes: 0 },
    remove: () => rm(stateDir, { recursive: true, force: true }),
  }
}
