import type { ConnectionOptions } from '@temporalio/client'
import { loadClientConnectConfig } from '@temporalio/envconfig'

/**
 * How to reach a Temporal server: its address, and for a server of the user's own the certificates, API key and
 * metadata of the standard client configuration (TEMPORAL_* variables, profiles).
 */
export function connectionOptions(address: string): ConnectionOptions {
  return { ...loadClientConnectConfig().connectionOptions, address }
}
