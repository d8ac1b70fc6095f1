import { loadClientConfigProfile, toClientOptions } from '@temporalio/envconfig'
import type { NativeConnectionOptions } from '@temporalio/worker'

/**
 * How to reach a Temporal server, for client and worker alike: its address, and for a server of the user's own
 * the certificates, API key and metadata of the standard client configuration (TEMPORAL_* variables, profiles).
 */
export function connectionOptions(
  address: string,
): Pick<NativeConnectionOptions, 'tls' | 'metadata' | 'apiKey'> & { address: string } {
  const profile = loadClientConfigProfile()
  const { tls, metadata } = toClientOptions(profile).connectionOptions
  return {
    address,
    ...(tls === undefined ? {} : { tls }),
    ...(metadata === undefined ? {} : { metadata }),
    ...(profile.apiKey === undefined ? {} : { apiKey: profile.apiKey }),
  }
}
