import type { Logger as TemporalLogger } from '@temporalio/common'
import type { Logger } from 'pino'
import type { Executor, SecretSource } from '../src/executors/executor.ts'
import type { Store } from '../src/store/store.ts'

/** What activities work with; tests pass in their own. */
export interface ActivityDeps {
  store: Store
  executor: Executor
  /** Where the executor takes secret variables from too: what is stored must not show their values. */
  secrets: SecretSource
  stateDir: string
  /** Transports that git may use. */
  transports: readonly string[]
  templatesDir: string | undefined
  /** `id` names the host's queues, `node` is recorded with each run; `slots` is the default parallelism. */
  host: { id: string; node: string; slots: number }
  /** Whether the server holds our search attributes. */
  searchable: boolean
  log: { activities: Logger; temporal: TemporalLogger }
}
