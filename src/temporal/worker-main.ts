import { once } from 'node:events'
import { mkdir } from 'node:fs/promises'
import { hostname } from 'node:os'
import { pino } from 'pino'
import { foldUnfolded } from '../../activities/keep-history.ts'
import { type Config, readConfig } from '../config.ts'
import { isOpen } from '../contract/index.ts'
import type { SecretSource } from '../executors/executor.ts'
import { createLocalExecutor } from '../executors/local/executor.ts'
import { openStore } from '../store/open.ts'
import { startWorkerTelemetry } from '../telemetry/worker-telemetry.ts'
import { hostExecutors, openKubernetesExecutor } from './host-executors.ts'
import { hostId } from './host-identity.ts'
import { ReceivedSecrets } from './suite-secrets.ts'
import { temporalLogger } from './temporal-logger.ts'
import { runWorker } from './worker.ts'

export interface WorkerProcessOptions {
  config: Config
  address: string
  signal: AbortSignal
  /** Where secret variables come from; this process's environment unless given. */
  secrets?: SecretSource
  onReady(): void
}

/** Opens what a worker works with, runs it until the signal aborts, and closes everything again. */
export async function runWorkerProcess(options: WorkerProcessOptions): Promise<void> {
  const { config, address, signal, onReady, secrets = new ReceivedSecrets(process.env) } = options
  const log = pino({ level: config.logLevel, base: { pid: process.pid } }, pino.destination({ fd: 2, sync: true }))
  const { stateDir, artifacts, databaseUrl, slots, cacheDir } = config
  await mkdir(stateDir, { recursive: true, mode: 0o700 })
  const store = await openStore({ stateDir, artifacts, databaseUrl, patience: { openingMs: 60_000 } })
  const telemetry = await startWorkerTelemetry(config, { keys: store.keys, log }).catch(async (error: unknown) => {
    await store.close()
    throw error
  })
  const local = createLocalExecutor({ stateDir, log, secrets })
  const executors = hostExecutors(local, () => openKubernetesExecutor(config, { log, secrets }))
  const ended = new AbortController()
  const folding = foldUnfolded({ store, log: { activities: log } }, AbortSignal.any([signal, ended.signal]))
  try {
    // Pods are adopted by the next try of their run, wherever that is; `gc` takes those that nobody asks for.
    await local.endUnownedRuns(async (suite) => {
      const stored = await store.suites.get(suite)
      return stored !== undefined && isOpen(stored.status)
    })
    await runWorker({
      address,
      namespace: config.temporalNamespace,
      cacheDir,
      embedded: process.env.COMMIT_SUITE_EMBEDDED === '1',
      retention: config.retention,
      deps: {
        store: telemetry.store(store),
        executors: telemetry.executors(executors),
        secrets,
        stateDir,
        transports: config.gitTransports,
        network: config,
        templatesDir: config.templatesDir,
        notifyFile: config.notifyFile,
        host: { id: await hostId(stateDir), node: hostname(), slots, pods: config.kubernetesPods },
        log: { activities: log, temporal: temporalLogger(log) },
      },
      telemetry,
      signal,
      onReady() {
        telemetry.polling()
        onReady()
      },
    })
  } finally {
    ended.abort()
    await folding
    await executors.close()
    await store.close()
    await telemetry.close()
  }
}

/** The worker as a process of its own: started by the supervisor, which it does not outlive. */
async function main(): Promise<void> {
  const config = readConfig()
  const stop = new AbortController()
  for (const name of ['SIGTERM', 'SIGINT'] as const) process.on(name, () => stop.abort())
  process.on('disconnect', () => stop.abort())
  const secrets = new ReceivedSecrets(process.env)
  const received = Promise.withResolvers<void>()
  process.on('message', (message) => secrets.receive(message) && received.resolve())
  // The supervisor's first word: without it, runs of an interrupted suite would miss their secrets.
  if (process.connected === true) await Promise.race([received.promise, once(stop.signal, 'abort')])
  await runWorkerProcess({
    config,
    address: config.temporalAddress ?? '127.0.0.1:7233',
    signal: stop.signal,
    secrets,
    onReady: () => process.send?.({ type: 'ready' }),
  })
  process.exit(0)
}

if (import.meta.main) await main()
