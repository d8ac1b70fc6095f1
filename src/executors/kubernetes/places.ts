import { join } from 'node:path'

/** Where the worker keeps what travels to and from pods. */
export interface KubernetesPlaces {
  /** Prepared commits, packed: `<treeKey>.tgz`. */
  packs: string
  /** Checkouts on their way into a pod, and report files on their way out. */
  scratch: string
}

export const kubernetesPlaces = (stateDir: string): KubernetesPlaces => ({
  packs: join(stateDir, 'packs'),
  scratch: join(stateDir, 'pod-scratch'),
})
