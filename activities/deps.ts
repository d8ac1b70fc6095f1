import type { Logger as TemporalLogger } from '@temporalio/common'
import type { Logger } from 'pino'
import type { Executors, SecretSource } from '../src/executors/executor.ts'
import type { NetworkAccess } from '../src/git/network-access.ts'
import type { NetworkRules } from '../src/requests/network-request.ts'
import type { Store } from '../src/store/store.ts'
import type { NotifyInput } from './notify/api.ts'

/** What activities work with; tests pass in their own. */
export interface ActivityDeps {
  store: Store
  executors: Executors
  /** Where the executors take secret variables from too: what is stored must not show their values. */
  secrets: SecretSource
  stateDir: string
  /** Transports that git may use. */
  transports: readonly string[]
  /** What requests that came over the network may test, reach and refer to. */
  network: NetworkRules & NetworkAccess
  templatesDir: string | undefined
  /** The operator's file of targets that suites may ask to be told of. */
  notifyFile: string | undefined
  host: WorkerHost
  /** Whether the server holds our search attributes. */
  searchable: boolean
  /** Aborts when this host is left for good: its lanes are to go elsewhere. */
  leaving?: AbortSignal | undefined
  /** How a repository is named where Temporal keeps it readable; its address where this is left out. */
  repositoryLabel?: ((repo: string) => string) | undefined
  /** Starts the workflow `Notify` once, however often it is called. */
  startNotification(input: NotifyInput): Promise<void>
  log: { activities: Logger; temporal: TemporalLogger }
}

export interface WorkerHost {
  /** Names the host's queues. */
  id: string
  /** Recorded with each run that happens on this host. */
  node: string
  /** Runs at once on this host, and the default parallelism of local suites. */
  slots: number
  /** Runs at once in pods that this host looks after. */
  pods: number
}
