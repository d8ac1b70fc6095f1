import type { CoreV1Event, V1Namespace, V1Pod } from '@kubernetes/client-node'
import type {
  Cluster,
  ClusterApis,
  ExecOptions,
  ExecSession,
  ExecTarget,
  PodWatch,
} from '../../src/executors/kubernetes/cluster/cluster.ts'
import { ApiRefusal } from '../../src/executors/kubernetes/cluster/refusal.ts'
import { PodIndex } from '../../src/executors/kubernetes/cluster/watch/pod-index.ts'
import { waitForList, waitForPod } from '../../src/executors/kubernetes/cluster/watch/wait.ts'

interface Named {
  name: string
  namespace: string
}

/** Takes a command in a pod, as `Cluster.exec` does. */
export type Exec = (target: ExecTarget, command: readonly string[], options: ExecOptions) => Promise<ExecSession>

const notFound = (what: string): ApiRefusal => new ApiRefusal(404, { message: `${what} not found` })

/** A cluster in memory, for faults that a real one has too rarely: its pods run at once, and do what a test makes them. */
export class FakeCluster implements Cluster {
  readonly name = 'fake'
  readonly asked: string[] = []
  readonly pods = new Map<string, V1Pod>()
  readonly namespaces = new Map<string, V1Namespace>()
  events: CoreV1Event[] = []
  /** Before each request; throws what the API server refuses. */
  before: (asked: string) => Promise<void> | void = () => undefined
  exec: Exec = () => Promise.reject(new Error('no command is expected'))
  readonly #index = new PodIndex()
  #version = 0

  constructor() {
    this.#index.replace([])
  }

  get requests(): number {
    return this.asked.length
  }

  watchPods(): PodWatch {
    return {
      until: (pod, pick, signal) => waitForPod(this.#index, pod, pick, signal),
      list: (signal) => waitForList(this.#index, signal),
      close: () => undefined,
    }
  }

  async request<T>(call: (apis: ClusterApis) => Promise<T>, signal?: AbortSignal): Promise<T> {
    signal?.throwIfAborted()
    // The whole of a client's interface has hundreds of calls.
    const core = this.#core() as unknown as ClusterApis['core']
    return await call({ core, networking: {} as unknown as ClusterApis['networking'] })
  }

  close = async (): Promise<void> => undefined

  /** Makes a pod be as it says, whatever it was. */
  put(pod: V1Pod): void {
    const name = pod.metadata?.name ?? ''
    const known = {
      ...pod,
      metadata: { uid: `uid-${name}`, ...pod.metadata, resourceVersion: String(++this.#version) },
    }
    this.pods.set(name, known)
    this.#index.put(known)
  }

  /** Takes a pod away by force: nothing says that it goes. */
  vanish(name: string): void {
    const pod = this.pods.get(name)
    if (pod !== undefined && this.pods.delete(name)) this.#index.delete(pod)
  }

  /** All requests that begin so. */
  askedFor(start: string): string[] {
    return this.asked.filter((one) => one.startsWith(start))
  }

  async #ask(asked: string): Promise<void> {
    this.asked.push(asked)
    await this.before(asked)
  }

  #pod(name: string): V1Pod {
    const pod = this.pods.get(name)
    if (pod === undefined) throw notFound(`pods "${name}"`)
    return pod
  }

  #core() {
    return {
      createNamespacedPod: async ({ body }: { body: V1Pod }) => {
        const name = body.metadata?.name ?? ''
        await this.#ask(`create pod ${name}`)
        if (this.pods.has(name)) throw new ApiRefusal(409, { message: `pods "${name}" already exists` })
        this.put(running(body))
      },
      readNamespacedPod: async ({ name }: Named) => {
        await this.#ask(`read pod ${name}`)
        return this.#pod(name)
      },
      deleteNamespacedPod: async ({ name }: Named) => {
        await this.#ask(`delete pod ${name}`)
        this.#going(this.#pod(name))
      },
      deleteCollectionNamespacedPod: async ({ labelSelector }: { labelSelector: string }) => {
        await this.#ask(`delete pods ${labelSelector}`)
        const isMeant = selecting(labelSelector)
        for (const pod of [...this.pods.values()].filter(isMeant)) this.#going(pod)
      },
      listNamespacedEvent: async () => ({ items: this.events }),
      readNamespace: async ({ name }: { name: string }) => {
        await this.#ask(`read namespace ${name}`)
        const found = this.namespaces.get(name)
        if (found === undefined) throw notFound(`namespaces "${name}"`)
        return found
      },
      listNamespace: async () => ({ items: [...this.namespaces.values()] }),
      listPodForAllNamespaces: async () => ({ items: [...this.pods.values()] }),
      deleteNamespace: async ({ name }: { name: string }) => {
        await this.#ask(`delete namespace ${name}`)
        this.namespaces.delete(name)
      },
    }
  }

  #going(pod: V1Pod): void {
    this.put({ ...pod, metadata: { ...pod.metadata, deletionTimestamp: new Date() } })
  }
}

function running(body: V1Pod): V1Pod {
  const containerStatuses = (body.spec?.containers ?? []).map(({ name }) => ({
    ...{ name, image: 'i', imageID: '', ready: true, restartCount: 0 },
    state: { running: {} },
  }))
  return {
    ...body,
    spec: { containers: [], ...body.spec, nodeName: 'node-1' },
    status: { phase: 'Running', containerStatuses },
  }
}

/** Reads a selector such as `a=b,c in (d,e)`. */
function selecting(selector: string): (pod: V1Pod) => boolean {
  const requirements = selector.split(/,(?![^(]*\))/).map((requirement) => {
    const [, key = '', one, several] = /^(\S+?)(?:=(\S+)| in \((\S+)\))$/.exec(requirement) ?? []
    return { key, values: new Set(several?.split(',') ?? [one]) }
  })
  return ({ metadata }) => requirements.every(({ key, values }) => values.has(metadata?.labels?.[key]))
}
