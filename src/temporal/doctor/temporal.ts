import { Connection } from '@temporalio/client'
import { loadClientConnectConfig } from '@temporalio/envconfig'
import type { Config } from '../../config.ts'
import { findServerBinary } from '../server-binary.ts'
import { findStack } from '../supervisor/client.ts'
import { externalServer } from '../supervisor/external-server.ts'
import { type Check, failed, ok, warning } from './check.ts'

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

const CONNECT_TIMEOUT_MS = 5_000

/** Looks for the embedded server's binary without getting one; needed only where no own server is configured. */
export async function checkServerBinary(config: Config): Promise<Check> {
  const name = 'Temporal server'
  try {
    const { path, source } = await findServerBinary(config, { offline: true })
    return ok(name, `${path} (${source})`)
  } catch (error) {
    if (externalServer(config) !== undefined) return ok(name, 'none installed; an own server is configured')
    const remedy = 'The first run downloads or builds one; or put `temporal` on PATH, or set TEMPORAL_ADDRESS.'
    return warning(name, messageOf(error), remedy)
  }
}

export async function checkRunningStack(config: Config): Promise<Check> {
  const stack = await findStack(config)
  if (stack === undefined) return ok('running stack', 'none; run, watch and serve start it')
  const state = stack.ready ? 'ready' : 'starting'
  const ui = stack.temporalUi === null ? '' : `, Web UI ${stack.temporalUi}`
  return ok('running stack', `${state}, pid ${stack.pid}, Temporal ${stack.temporalAddress}${ui}`)
}

/** Connects to the user's own server, with the certificates and keys of the standard client configuration. */
export async function checkExternalServer(config: Config): Promise<Check> {
  const name = 'TEMPORAL_ADDRESS'
  const external = externalServer(config)
  if (external === undefined) return ok(name, 'not set; the embedded server is used')
  const { connectionOptions } = loadClientConnectConfig()
  try {
    const { address, namespace } = external
    const connection = await Connection.connect({ ...connectionOptions, address, connectTimeout: CONNECT_TIMEOUT_MS })
    try {
      await connection.withDeadline(Date.now() + CONNECT_TIMEOUT_MS, () =>
        connection.workflowService.describeNamespace({ namespace }),
      )
    } finally {
      await connection.close()
    }
    return ok(name, `${address}, namespace ${namespace}`)
  } catch (error) {
    const remedy = 'Check the address, the namespace and TEMPORAL_TLS…; or unset it to use the embedded server.'
    return failed(name, `${external.address}: ${messageOf(error)}`, remedy)
  }
}
