import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import type { Config } from '../../config.ts'
import { formatListenAddress } from '../../telemetry/listen-address.ts'
import { withLog } from './log-file.ts'
import { withoutTemporalVariables } from './server-process.ts'

export interface WorkerTarget {
  address: string
  namespace: string
  /** Of the user's own server: the worker then needs its certificates and keys too. */
  external: boolean
}

export const workerLog = (config: Config): string => join(config.stateDir, 'worker.log')

/** Starts the worker with an IPC channel: `{type:'ready'}` comes on it, and its end tells the worker to end. */
export function spawnWorker(config: Config, module: string, target: WorkerTarget): ChildProcess {
  const env = {
    ...(target.external ? process.env : withoutTemporalVariables(process.env)),
    TEMPORAL_ADDRESS: target.address,
    TEMPORAL_NAMESPACE: target.namespace,
    // Its own address: the other one belongs to the gateway that runs beside it.
    COMMIT_SUITE_METRICS: config.workerMetrics === undefined ? '' : formatListenAddress(config.workerMetrics),
    // Such a server starts at the same time: `untilServerAnswers` before connecting saves the client's back-off.
    ...(target.external ? {} : { COMMIT_SUITE_EMBEDDED: '1' }),
  }
  return withLog(workerLog(config), (log) =>
    spawn(process.execPath, ['--disable-warning=ExperimentalWarning', module], {
      stdio: ['ignore', log, log, 'ipc'],
      env,
    }),
  )
}

/** Whether an IPC message says that the worker polls. */
export function isReadyMessage(message: unknown): boolean {
  return typeof message === 'object' && message !== null && 'type' in message && message.type === 'ready'
}
