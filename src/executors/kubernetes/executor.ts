import type { Logger } from 'pino'
import { CommitSuiteError, formatRunId, ISOLATIONS, type Isolation, invalidInput } from '../../contract/index.ts'
import type { ExecutionContext, Executor, RunCompletion, RunContext, RunRequest, SecretSource } from '../executor.ts'
import { whileBeating } from '../heartbeat.ts'
import { ClusterPool } from './cluster/cluster-pool.ts'
import type { EgressPolicy } from './environments/egress.ts'
import type { KubernetesHost } from './host.ts'
import { findLane, findSession, laneOf } from './lane.ts'
import { kubernetesPlaces } from './places.ts'
import { NamespaceProgress } from './pods/progress.ts'
import { findPack } from './prepare/packs.ts'
import { prepareCommit } from './prepare/prepare.ts'
import { provisionLane, provisionSession } from './provision.ts'
import { releaseLane } from './release.ts'
import { forgetFreshPod, runInFreshPod } from './run/fresh-pod.ts'
import { WarmPools } from './warm/pools.ts'
import { forgetWarmRun, runInWarmPod } from './warm/warm-run.ts'

export interface KubernetesExecutorOptions {
  /** Absolute; packed trees lie in it. */
  stateDir: string
  secrets: SecretSource
  /** Where set-ups may connect to. */
  egress: EgressPolicy
  /** Names of image pull secrets. */
  pullSecrets: readonly string[]
  /** How long a run may wait for room or its image while nothing else of its commit goes forward. */
  waitMs: number
  log?: Logger | undefined
  /** How long an API server may be away before a run counts as lost; 5 min. */
  awayMs?: number
  /** Runs that one warm pod serves before it is replaced; 100. */
  runsPerWarmPod?: number
}

export interface KubernetesExecutor extends Executor {
  /** Requests sent to the cluster of a suite so far. */
  requests(): Promise<number>
  /** Leaves pods alone; the next executor of this state directory adopts them. */
  close(): Promise<void>
}

const AWAY_MS = 5 * 60_000
const RUNS_PER_WARM_POD = 100

/** Runs in pods of a cluster, through its API server alone. */
export function createKubernetesExecutor(options: KubernetesExecutorOptions): KubernetesExecutor {
  const { stateDir, secrets, egress, pullSecrets, waitMs, log } = options
  const { awayMs = AWAY_MS, runsPerWarmPod = RUNS_PER_WARM_POD } = options
  const clusters = new ClusterPool({ log, awayMs })
  const host: KubernetesHost = {
    cluster: (ref) => clusters.get(ref),
    places: kubernetesPlaces(stateDir),
    secrets,
    settings: { waitMs, awayMs, egress, imagePullSecrets: pullSecrets, runsPerWarmPod },
    progress: new NamespaceProgress(),
    log,
  }
  const pools = new WarmPools(host)
  return {
    async assertSupported(isolation, ref) {
      assertIsolation(isolation)
      await host.cluster(ref)
    },
    ensureSession: (request, context) => whileBeating(context, () => provisionSession(host, request, context)),
    findSession: ({ session, cluster }, context) =>
      whileBeating(context, async () => await findSession(await host.cluster(cluster), session, context.signal)),
    provision: (request, context) => whileBeating(context, () => provisionLane(host, request, context)),
    prepare: (request, context) => whileBeating(context, () => prepareCommit(host, request, context)),
    run: (request, context) => whileBeating(context, () => runInPod(host, pools, request, context)),
    forget: (request, context) => whileBeating(context, () => forgetRun(host, pools, request, context)),
    release: (request) => releaseLane(host, pools, request),
    requests: async () => (await clusters.get(undefined)).requests,
    close: () => clusters.close(),
  }
}

function assertIsolation(isolation: Isolation): void {
  const known: readonly Isolation[] = ISOLATIONS.kubernetes
  if (!known.includes(isolation)) throw invalidInput('isolation', isolation, `must be ${known.join(' or ')}`)
}

async function runInPod(
  host: KubernetesHost,
  pools: WarmPools,
  request: RunRequest,
  context: RunContext,
): Promise<RunCompletion> {
  const { key } = request
  context.signal.throwIfAborted()
  const lane = await laneOf(host, { ...request, ...key }, context.signal)
  const pack = await findPack(host.places, request.treeKey)
  if (pack === undefined) {
    throw new CommitSuiteError('environment_lost', `The prepared tree of ${formatRunId(key)} is not on this host.`)
  }
  if (request.isolation === 'warm') return await runInWarmPod(host, pools, lane, pack, request, context)
  return await runInFreshPod(host, lane, pack, request, context)
}

async function forgetRun(
  host: KubernetesHost,
  pools: WarmPools,
  request: RunRequest,
  { signal }: ExecutionContext,
): Promise<void> {
  const lane = await findLane(host, { ...request, ...request.key }, signal)
  if (lane === undefined) return
  if (request.isolation !== 'warm') return await forgetFreshPod(host, lane, request)
  const pack = await findPack(host.places, request.treeKey)
  if (pack !== undefined) await forgetWarmRun(host, pools, lane, pack, request)
}
