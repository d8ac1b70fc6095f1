import type { Payload } from '@temporalio/common'
import type { Logger } from 'pino'
import type { ExecutorName } from '../contract/index.ts'
import type { EnvironmentAccess } from '../executors/environment-access.ts'
import type { Prices } from '../prices.ts'
import type { NetworkRules } from '../requests/network-request.ts'
import type { GatewayStore } from '../store/store.ts'
import type { GatewayControl } from '../temporal/connect.ts'

/** What the configuration says about a gateway. */
export interface GatewaySettings {
  /** Whether it listens on loopback only; elsewhere every request needs a key. */
  loopback: boolean
  /** Origins of pages, besides its own, that may call it: a proxy in front of it has another name. */
  origins: readonly string[]
  /** Where the tests of WebSocket clients happen. */
  faceExecutor: ExecutorName
  /** How long a request to start a suite waits for a worker to admit it, in ms. */
  admissionMs: number
  /** Of what environments hold; undefined where there are none. */
  prices: Prices | undefined
  /** Where to see workflows: base URL of the Temporal Web UI, null where none can be reached, and the namespace. */
  temporal: { temporalUi: string | null; namespace: string }
  /** Time between two signs of life on a stream, in ms. */
  heartbeatMs: number
}

/** What a gateway works with. It runs no test: suites are started in Temporal and read from the store. */
export interface GatewayDeps {
  store: GatewayStore
  control: GatewayControl
  settings: GatewaySettings
  log: Logger
  /** Folder of the built dashboard. Throws where there is none. */
  openDashboard(): Promise<string>
  /** Opens what Temporal keeps. Throws `payload_key_missing`. */
  decodePayloads(payloads: Payload[]): Promise<Payload[]>
  /** What requests may do. */
  rules: NetworkRules
  /** Of the gateway's own cluster. Throws `cluster_invalid`. */
  openEnvironments(): Promise<EnvironmentAccess>
  /** What the local executor has on this machine. */
  localEnvironments: EnvironmentAccess
}
