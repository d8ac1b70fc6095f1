import { pino } from 'pino'
import type { Config } from '../config.ts'
import { invalidInput } from '../contract/index.ts'
import type { EnvironmentAccess } from '../executors/environment-access.ts'
import type { Store } from '../store/store.ts'
import { tracedStarts } from '../telemetry/traced-starts.ts'
import { connectSuites } from '../temporal/connect.ts'
import { payloadCodec } from '../temporal/payloads/codec.ts'
import { keysOf } from '../temporal/payloads/key-file.ts'
import { buildGateway } from './app.ts'
import { isLoopbackAddress } from './auth/loopback.ts'
import { dashboardFolder } from './dashboard/folder.ts'
import { type ListeningGateway, listen } from './listen.ts'
import { serveMetrics } from './serve-metrics.ts'

export interface GatewayOptions {
  config: Config
  store: Store
  /** Where Temporal is. */
  stack: { temporalAddress: string; temporalUi: string | null; namespace: string }
  openEnvironments(): Promise<EnvironmentAccess>
  localEnvironments: EnvironmentAccess
  host: string
  port: number
}

/** A worker admits a suite in milliseconds; where none is there, whoever asked does not wait longer than this. */
const ADMISSION_MS = 30_000
const HEARTBEAT_MS = 15_000

/** Starts a gateway. Throws `invalid_input` where it would be open to the network without a key. */
export async function startGateway(options: GatewayOptions): Promise<ListeningGateway> {
  const { config, store, stack, openEnvironments, localEnvironments, host, port } = options
  const loopback = isLoopbackAddress(host)
  if (!loopback && !(await store.keys.any())) {
    const rule = 'is reached from other machines, and there is no API key yet'
    throw invalidInput('--host', host, rule, 'Make one first: commit-suite keys create NAME --role admin.')
  }
  const log = pino({ level: config.logLevel, base: { pid: process.pid } }, pino.destination({ fd: 2, sync: false }))
  const { temporalAddress: address, temporalUi: ownUi, namespace } = stack
  const traces = await tracedStarts(log)
  const interceptors = traces?.interceptors ?? []
  const { payloadKeysFile } = config
  const control = await connectSuites({ address, namespace, store, payloadKeysFile, interceptors })
  const codec = payloadCodec(keysOf(payloadKeysFile))
  const gateway = await buildGateway({
    store,
    control,
    openEnvironments,
    localEnvironments,
    decodePayloads: (payloads) => codec.decode(payloads),
    openDashboard: () => dashboardFolder(config.cacheDir),
    rules: config,
    settings: {
      loopback,
      origins: config.gatewayOrigins,
      faceExecutor: config.faceExecutor,
      admissionMs: ADMISSION_MS,
      heartbeatMs: HEARTBEAT_MS,
      // The one that we start ourselves answers on this machine only.
      temporal: { temporalUi: config.temporalUi ?? (loopback ? ownUi : null), namespace },
      prices: config.prices,
    },
    log,
  })
  const served = config.metrics === undefined ? undefined : serveMetrics(gateway, { store, control }, config.metrics)
  const closeRest = async (): Promise<void> => {
    await control.close()
    await traces?.stop()
    await (await served?.catch(() => undefined))?.close()
  }
  try {
    await served
    const { url, close } = await listen(gateway, { host, port, announceMs: config.gatewayDrainMs })
    return { url, close: () => close().finally(closeRest) }
  } catch (error) {
    await closeRest()
    throw error
  }
}
