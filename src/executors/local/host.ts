import type { Logger } from 'pino'
import type { SecretSource } from '../executor.ts'
import type { Places } from './places.ts'
import type { NamespaceMode } from './process-namespaces.ts'
import type { RunnerClient } from './runner/client.ts'

/** What the parts of the local executor share. */
export interface LocalHost {
  places: Places
  runner: RunnerClient
  /** How runs get their own copy here; probed once. */
  namespaces(): Promise<NamespaceMode>
  /** The worker's environment, from which runs get only what is allowed. */
  workerEnv: NodeJS.ProcessEnv
  /** What every run gets of it: see `hostEnvironment`. Worked out once, so that the runs of a suite have the same. */
  environment(): Record<string, string>
  secrets: SecretSource
  log: Logger | undefined
}
