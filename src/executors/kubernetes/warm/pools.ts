import type { V1Pod } from '@kubernetes/client-node'
import { CommitSuiteError, sha12 } from '../../../contract/index.ts'
import type { RunRequest } from '../../executor.ts'
import type { KubernetesHost } from '../host.ts'
import { askState } from '../in-pod/ask-state.ts'
import type { Lane } from '../lane.ts'
import { testContainer } from '../manifest/test-container.ts'
import { KEYS, warmPodName } from '../names.ts'
import type { PodPlace } from '../pods/create-pod.ts'
import { deletePod } from '../pods/delete-pod.ts'
import { lanePod } from '../pods/lane-pod.ts'
import { podState } from '../pods/pod-state.ts'
import { startPod } from '../pods/start-pod.ts'
import type { Pack } from '../prepare/packs.ts'
import { deliver } from '../run/deliver.ts'
import { type ExistingPod, type LeftPods, type PoolPods, type WarmPod, WarmPool } from './pool.ts'

/** A warm pod lives as long as its lane; the backstop is for those that everybody forgot. */
const LIFETIME_MS = 24 * 3_600_000

/** The pools of all lanes of this process. */
export class WarmPools {
  readonly #host: KubernetesHost
  readonly #pools = new Map<string, LanePool>()

  constructor(host: KubernetesHost) {
    this.#host = host
  }

  poolOf(lane: Lane, pack: Pack, request: RunRequest): WarmPool {
    const { suite, sha } = request.key
    const key = poolKey(lane, suite, sha)
    const known = this.#pools.get(key)
    if (known !== undefined) return known.pool
    const ended = new AbortController()
    const pods = lanePods(this.#host, { lane, pack, request, signal: ended.signal })
    const pool = new WarmPool(pods, this.#host.settings.runsPerWarmPod)
    this.#pools.set(key, { suite, sha, pool, ended })
    return pool
  }

  /** Stops starting pods for the commit and forgets them: the release of its lane removes them. */
  forget(suite: string, sha: string): void {
    for (const [key, lane] of this.#pools) {
      if (lane.suite !== suite || lane.sha !== sha) continue
      lane.ended.abort(new CommitSuiteError('environment_lost', 'The lane has ended.'))
      this.#pools.delete(key)
    }
  }
}

interface LanePool {
  suite: string
  sha: string
  pool: WarmPool
  ended: AbortController
}

const poolKey = ({ cluster, namespace }: Lane, suite: string, sha: string): string =>
  JSON.stringify([cluster.name, namespace, suite, sha])

interface LanePods {
  lane: Lane
  pack: Pack
  request: RunRequest
  signal: AbortSignal
}

function lanePods(host: KubernetesHost, { lane, pack, request, signal }: LanePods): PoolPods {
  const { cluster, namespace } = lane
  const { suite, sha } = request.key
  const { template, limits } = request
  const container = testContainer(template)
  const placeOf = (name: string): PodPlace => ({ cluster, namespace, name })
  const purpose = `warm ${suite} ${sha} ${request.treeKey}`
  return {
    async existing() {
      const watch = cluster.watchPods(namespace)
      try {
        const ours = (await watch.list(signal)).filter(({ metadata }) => metadata?.annotations?.[KEYS.run] === purpose)
        const found = await Promise.all(ours.map((pod) => stateOf(placeOf(pod.metadata?.name ?? ''), pod)))
        return leftPods(ours, found)
      } finally {
        watch.close()
      }
    },

    async start(nth, onWaiting) {
      const place = placeOf(warmPodName(suite, sha, nth))
      const watch = cluster.watchPods(namespace)
      const manifest = lanePod(host, place, {
        ...{ role: 'warm', suite, sha, template, limits, lifetimeMs: LIFETIME_MS },
        purpose,
      })
      try {
        const started = await startPod(host, watch, place, { manifest, container }, { signal, onWaiting })
        const delivered = { pack, mode: 'warm', deadlineMs: LIFETIME_MS } as const
        const end = started.type === 'ended' ? started : await deliver(watch, { place, container, signal }, delivered)
        if (end === undefined) return { name: place.name, node: started.node, runs: 0 }
        throw end.type === 'lost' ? end.error : new CommitSuiteError('pod_failed', `A warm pod ended: ${end.message}`)
      } catch (error) {
        await deletePod(place, AbortSignal.timeout(30_000)).catch(() => undefined)
        throw error
      } finally {
        watch.close()
      }
    },

    async isAlive({ name }) {
      const watch = cluster.watchPods(namespace)
      try {
        return await watch.until(name, (pod) => podState(pod, container).type === 'running', signal)
      } finally {
        watch.close()
      }
    },

    remove: async ({ name }) => await deletePod(placeOf(name), signal),
  }

  /** Undefined for a pod that nobody can use: it has ended, takes no more runs, or does not answer. */
  async function stateOf(place: PodPlace, pod: V1Pod): Promise<ExistingPod | 'unready' | undefined> {
    const { type } = podState(pod, container)
    if (type !== 'running') return type === 'waiting' ? 'unready' : undefined
    try {
      const { phase, run, ended } = await askState(place, container, signal)
      if (phase === 'waiting') return 'unready'
      if (phase === 'unhealthy') throw new CommitSuiteError('pod_failed', phase)
      const found: WarmPod = { name: place.name, node: pod.spec?.nodeName ?? '', runs: ended.length }
      return { pod: found, running: phase === 'running' ? run : null, ended }
    } catch {
      signal.throwIfAborted()
      await deletePod(place, signal)
      return undefined
    }
  }
}

function leftPods(ours: readonly V1Pod[], found: readonly (ExistingPod | 'unready' | undefined)[]): LeftPods {
  const numbers = ours.map(({ metadata }) => Number(metadata?.name?.split('-').at(-1)))
  return {
    pods: found.filter((pod) => pod !== undefined && pod !== 'unready'),
    unready: numbers.filter((_, at) => found[at] === 'unready'),
    last: Math.max(0, ...numbers),
  }
}

/** Label selector of everything that belongs to a lane. */
export const laneSelector = (suite: string, sha: string): string =>
  `${KEYS.suite}=${suite},${KEYS.commit}=${sha12(sha)}`
