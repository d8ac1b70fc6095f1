import type { Config } from '../../config.ts'
import type { StackLease } from './client.ts'
import { connectToSupervisor } from './connection.ts'
import { externalServer } from './external-server.ts'

/**
 * Where both the record and Temporal are shared with other machines, their workers do what is asked for here, and nothing
 * has to run on this one. Undefined where something does, or where either belongs to this machine.
 */
export async function stackElsewhere(config: Config): Promise<StackLease | undefined> {
  const external = config.databaseUrl === undefined ? undefined : externalServer(config)
  if (external === undefined) return undefined
  const socket = await connectToSupervisor(config)
  socket?.destroy()
  if (socket !== undefined) return undefined
  const { address: temporalAddress, namespace } = external
  return { temporalAddress, temporalUi: null, namespace, pid: process.pid, release: async () => undefined }
}
