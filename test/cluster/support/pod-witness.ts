import { KubeConfig, type V1Pod, Watch } from '@kubernetes/client-node'
import { KEYS } from '../../../src/executors/kubernetes/names.ts'

interface SeenPod {
  namespace: string
  name: string
  /** What the pod is for: the name of a run and its try, or of a preparation. */
  purpose: string
  role: string
  /** Neither ended nor on its way out: what a quota counts. */
  live: boolean
}

/** Sees every pod that a suite ever has, from another watch than the product's own. */
export class PodWitness {
  /** By uid. */
  readonly pods = new Map<string, SeenPod>()
  /** The most pods of runs that were there at once. */
  mostAtOnce = 0
  readonly #watch: Watch
  readonly #selector: string
  #stopped = false
  #resourceVersion = ''
  #request: AbortController | undefined

  constructor(suite: string) {
    const config = new KubeConfig()
    config.loadFromDefault()
    this.#watch = new Watch(config)
    this.#selector = `${KEYS.suite}=${suite}`
  }

  static async start(suite: string): Promise<PodWitness> {
    const witness = new PodWitness(suite)
    await witness.#listen()
    return witness
  }

  /** How many pods each run has had, by its name without the try. */
  podsPerRun(): Map<string, number> {
    const counts = new Map<string, number>()
    for (const { purpose, role } of this.pods.values()) {
      if (role === 'run') counts.set(purpose, (counts.get(purpose) ?? 0) + 1)
    }
    return counts
  }

  stop(): void {
    this.#stopped = true
    this.#request?.abort()
  }

  async #listen(): Promise<void> {
    const query = { labelSelector: this.#selector, resourceVersion: this.#resourceVersion, allowWatchBookmarks: 'true' }
    const take = (type: string, pod: V1Pod): void => this.#take(type, pod)
    this.#request = await this.#watch.watch('/api/v1/pods', query, take, () => {
      // The connection ends now and then, and with the API server; what comes next begins where it ended.
      if (!this.#stopped) setTimeout(() => void this.#listen().catch(() => undefined), 100)
    })
  }

  #take(type: string, pod: V1Pod): void {
    this.#resourceVersion = type === 'ERROR' ? '' : (pod.metadata?.resourceVersion ?? '')
    if (!['ADDED', 'MODIFIED', 'DELETED'].includes(type)) return
    const { uid = '', name = '', namespace = '', annotations = {}, labels = {} } = pod.metadata ?? {}
    const purpose = annotations[KEYS.run] ?? ''
    const ended = ['Succeeded', 'Failed'].includes(pod.status?.phase ?? '')
    const live = type !== 'DELETED' && pod.metadata?.deletionTimestamp === undefined && !ended
    this.pods.set(uid, { namespace, name, purpose, role: labels[KEYS.role] ?? '', live })
    const now = [...this.pods.values()].filter((seen) => seen.live && seen.role !== 'prepare')
    this.mostAtOnce = Math.max(this.mostAtOnce, now.length)
  }
}
