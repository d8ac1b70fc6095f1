import { once } from 'node:events'
import { mkdir } from 'node:fs/promises'
import { hostname } from 'node:os'
import { type Logger, pino } from 'pino'
import { foldUnfolded } from '../../activities/keep-history.ts'
import { type Config, readConfig } from '../config.ts'
import type { SecretSource } from '../executors/executor.ts'
import { openStore } from '../store/open.ts'
import type { Store } from '../store/store.ts'
import { startWorkerTelemetry } from '../telemetry/worker-telemetry.ts'
import { supervisedFleet } from '../worker-config.ts'
import { hostId } from './host-identity.ts'
import { ReceivedSecrets } from './suite-secrets.ts'
import { temporalLogger } from './temporal-logger.ts'
import { runWorker } from './worker.ts'
import { openWorkerExecutors } from './worker-executors.ts'

export interface WorkerProcessOptions {
  config: Config
  address: string
  signal: AbortSignal
  /** Where secret variables come from; this process's environment unless given. */
  secrets?: SecretSource
  /** Called with the build id that the worker announces, where there are versions. */
  onReady(version?: string): void
}

const isEmbedded = (): boolean => process.env.COMMIT_SUITE_EMBEDDED === '1'

/** Opens what a worker works with, runs it until the signal aborts, and closes everything again. */
export async function runWorkerProcess(options: WorkerProcessOptions): Promise<void> {
  const { config, address, signal, onReady, secrets = new ReceivedSecrets(process.env) } = options
  const log = pino({ level: config.logLevel, base: { pid: process.pid } }, pino.destination({ fd: 2, sync: true }))
  const { stateDir, artifacts, databaseUrl, slots, cacheDir, fleet } = config
  await mkdir(stateDir, { recursive: true, mode: 0o700 })
  const store = await openStore({ stateDir, artifacts, databaseUrl, patience: { openingMs: 60_000 } })
  const { telemetry, executors } = await openRest(config, { store, log, secrets }).catch(async (error: unknown) => {
    await store.close()
    throw error
  })
  const ended = new AbortController()
  const folding = foldUnfolded({ store, log: { activities: log } }, AbortSignal.any([signal, ended.signal]))
  try {
    await runWorker({
      address,
      namespace: config.temporalNamespace,
      cacheDir,
      embedded: isEmbedded(),
      retention: config.retention,
      fleet,
      payloadKeysFile: config.payloadKeysFile,
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
      onReady(version) {
        telemetry.polling()
        onReady(version)
      },
    })
    if (fleet.drainMs !== undefined) await executors.leave()
  } finally {
    ended.abort()
    await folding
    await executors.close()
    await store.close()
    await telemetry.close()
  }
}

/** What begins with an open store; nothing is left open where one of them fails. */
async function openRest(config: Config, deps: { store: Store; log: Logger; secrets: SecretSource }) {
  const telemetry = await startWorkerTelemetry(config, { keys: deps.store.keys, log: deps.log })
  try {
    return { telemetry, executors: await openWorkerExecutors(config, deps) }
  } catch (error) {
    await telemetry.close()
    throw error
  }
}

/** The worker as a process of its own: started by the supervisor, which it does not outlive. */
async function main(): Promise<void> {
  const read = readConfig()
  const config = { ...read, fleet: supervisedFleet(read.fleet, { embedded: isEmbedded() }) }
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
