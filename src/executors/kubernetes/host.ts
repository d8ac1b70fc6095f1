import type { Logger } from 'pino'
import type { ClusterRef } from '../../contract/index.ts'
import type { SecretSource } from '../executor.ts'
import type { Cluster } from './cluster/cluster.ts'
import type { EgressPolicy } from './environments/egress.ts'
import type { KubernetesPlaces } from './places.ts'
import type { NamespaceProgress } from './pods/progress.ts'

/** What everything of this executor works with. */
export interface KubernetesHost {
  /** The cluster of a suite; connected once per process. */
  cluster(ref: ClusterRef | undefined): Promise<Cluster>
  places: KubernetesPlaces
  secrets: SecretSource
  settings: KubernetesSettings
  progress: NamespaceProgress
  log: Logger | undefined
}

export interface KubernetesSettings {
  /** How long a run may wait for room or its image while nothing else in its namespace goes forward. */
  waitMs: number
  /** How long an API server may be away before a run counts as lost. */
  awayMs: number
  /** Where set-ups may connect to; runs may not connect to anything. */
  egress: EgressPolicy
  imagePullSecrets: readonly string[]
  /** Runs that one warm pod serves before it is replaced. */
  runsPerWarmPod: number
}
