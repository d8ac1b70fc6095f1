import type { Logger as TemporalLogger } from '@temporalio/common'
import type { Logger } from 'pino'
import type { Executors, SecretSource } from '../src/executors/executor.ts'
import type { Store } from '../src/store/store.ts'

/** What activities work with; tests pass in their own. */
export interface ActivityDeps {
  store: Store
  executors: Executors
  /** Where the executors take secret variables from too: what is stored must not show their values. */
  secrets: SecretSource
  stateDir: string
  /** Transports that git may use. */
  transports: readonly string[]
  templatesDir: string | undefined
  host: WorkerHost
  /** Whether the server holds our search attributes. */
  searchable: boolean
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
