import { loadClientConfigProfile } from '@temporalio/envconfig'
import type { Config } from '../../config.ts'
import { invalidInput } from '../../contract/index.ts'
import { databasePlace } from '../../store/postgres/database-url.ts'
import { readPayloadKeys } from '../payloads/key-file.ts'

/** Where an own Temporal is configured: `TEMPORAL_ADDRESS`, or a profile of the standard client configuration. */
export function externalServer(config: Config): { address: string; namespace: string } | undefined {
  if (config.temporalAddress !== undefined) {
    return { address: config.temporalAddress, namespace: config.temporalNamespace }
  }
  const { TEMPORAL_ADDRESS: _, ...env } = process.env
  const given = Object.entries(env).flatMap(([key, value]) => (value === undefined ? [] : [[key, value] as const]))
  const profile = readProfile(Object.fromEntries(given))
  if (profile.address === undefined || profile.address === '') return undefined
  return { address: profile.address, namespace: profile.namespace ?? config.temporalNamespace }
}

function readProfile(env: Record<string, string>): ReturnType<typeof loadClientConfigProfile> {
  try {
    return loadClientConfigProfile({ overrideEnvVars: env })
  } catch (error) {
    const rule = `Temporal's client configuration cannot be read: ${error instanceof Error ? error.message : String(error)}`
    const file = env.TEMPORAL_CONFIG_FILE ?? 'the default file'
    throw invalidInput('TEMPORAL_CONFIG_FILE', file, rule, 'Mend or remove it.', 'config_invalid')
  }
}

/**
 * Names the server, the database and the payload keys a stack is for; two users of one state directory must agree on
 * them. Throws `config_invalid` for keys that cannot be read.
 */
export function stackTarget(config: Config): string {
  const external = externalServer(config)
  const server =
    external === undefined
      ? `the embedded server, namespace ${config.temporalNamespace}`
      : `${external.address}, namespace ${external.namespace}`
  const results = config.databaseUrl === undefined ? '' : `, results in ${databasePlace(config.databaseUrl)}`
  return `${server}${results}${payloadKeys(config)}`
}

function payloadKeys({ payloadKeysFile }: Config): string {
  if (payloadKeysFile === undefined) return ''
  return `, payload keys ${readPayloadKeys(payloadKeysFile)
    .map(({ id }) => id)
    .join(' ')}`
}
