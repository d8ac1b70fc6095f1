import type { V1Pod } from '@kubernetes/client-node'
import type { PodWatch } from '../cluster/cluster.ts'

export interface WatchedPod {
  watch: PodWatch
  /** Undefined where it was never there while somebody waited for it. */
  lastSeen(): V1Pod | undefined
}

/** A watch that remembers a pod as it was seen last: of one that was removed by force the cluster says nothing more. */
export function rememberPod(watch: PodWatch, name: string): WatchedPod {
  let last: V1Pod | undefined
  return {
    lastSeen: () => last,
    watch: {
      until: (pod, pick, signal) =>
        watch.until(
          pod,
          (now) => {
            if (pod === name) last = now ?? last
            return pick(now)
          },
          signal,
        ),
      list: (signal) => watch.list(signal),
      close: () => watch.close(),
    },
  }
}
