import type { V1Pod } from '@kubernetes/client-node'
import type { ApiLink } from '../api-link.ts'
import type { PodWatch } from '../cluster.ts'
import { joinSignals } from '../join-signals.ts'
import { NamespaceWatch, type WatchSettings } from './namespace-watch.ts'
import { PodIndex } from './pod-index.ts'
import { waitForList, waitForPod } from './wait.ts'

interface Shared {
  users: number
  index: PodIndex
  end(): void
  /** Set while nobody uses it. */
  ending: NodeJS.Timeout | undefined
}

export interface SharedWatchSettings extends WatchSettings {
  /** How long a watch without users waits for the next one. */
  lingerMs: number
}

/** One watch per namespace, from its first user until a while after its last: runs one by one share it too. */
export class SharedWatches {
  private readonly link: ApiLink
  private readonly settings: SharedWatchSettings
  private readonly byNamespace = new Map<string, Shared>()

  constructor(link: ApiLink, settings: SharedWatchSettings) {
    this.link = link
    this.settings = settings
  }

  open(namespace: string): PodWatch {
    const shared = this.byNamespace.get(namespace) ?? this.start(namespace)
    shared.users += 1
    clearTimeout(shared.ending)
    const closing = new AbortController()
    const within = async <T>(signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T> => {
      const both = joinSignals(signal, closing.signal, this.link.closed)
      try {
        return await work(both.signal)
      } finally {
        both.release()
      }
    }
    return {
      until: async <T>(pod: string, pick: (pod: V1Pod | undefined) => T | undefined, signal: AbortSignal) =>
        await within(signal, async (ended) => await waitForPod(shared.index, pod, pick, ended)),
      list: async (signal) => await within(signal, async (ended) => await waitForList(shared.index, ended)),
      close: () => {
        if (closing.signal.aborted) return
        closing.abort(new Error(`The watch of the pods in ${namespace} was closed.`))
        shared.users -= 1
        if (shared.users === 0) this.endLater(namespace, shared)
      },
    }
  }

  private start(namespace: string): Shared {
    const ending = new AbortController()
    const index = new PodIndex()
    const both = joinSignals(ending.signal, this.link.closed)
    const watch = new NamespaceWatch(this.link, namespace, index, this.settings)
    void watch.follow(both.signal).finally(() => both.release())
    const shared: Shared = { users: 0, index, end: () => ending.abort(), ending: undefined }
    this.byNamespace.set(namespace, shared)
    return shared
  }

  private endLater(namespace: string, shared: Shared): void {
    shared.ending = setTimeout(() => {
      this.byNamespace.delete(namespace)
      shared.end()
    }, this.settings.lingerMs)
    shared.ending.unref()
  }
}
