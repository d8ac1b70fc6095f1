import type { Logger } from 'pino'
import type { Config } from '../config.ts'
import { isOpen } from '../contract/index.ts'
import type { SecretSource } from '../executors/executor.ts'
import { createLocalExecutor } from '../executors/local/executor.ts'
import type { Store } from '../store/store.ts'
import { executorsElsewhere } from './executors-elsewhere.ts'
import { type HostExecutors, hostExecutors, openKubernetesExecutor } from './host-executors.ts'

/** What a worker runs tests with, which ends what an earlier worker of this host has left. */
export interface WorkerExecutors extends HostExecutors {
  /** Ends all runs of this host: it is left for good, and they are made again elsewhere. */
  leave(): Promise<void>
}

/** The executors of this host; of a worker that runs nothing, stand-ins that say so. */
export async function openWorkerExecutors(
  config: Config,
  { store, ...deps }: { store: Store; log: Logger; secrets: SecretSource },
): Promise<WorkerExecutors> {
  if (config.fleet.role === 'orchestration') return { ...executorsElsewhere(), leave: async () => undefined }
  const local = createLocalExecutor({ stateDir: config.stateDir, ...deps })
  const executors = hostExecutors(local, () => openKubernetesExecutor(config, deps))
  try {
    // Pods are adopted by the next try of their run, wherever that is; `gc` takes those that nobody asks for.
    await local.endUnownedRuns(async (suite) => {
      const stored = await store.suites.get(suite)
      return stored !== undefined && isOpen(stored.status)
    })
  } catch (error) {
    await executors.close()
    throw error
  }
  return { ...executors, leave: async () => void (await local.endUnownedRuns(() => false)) }
}
