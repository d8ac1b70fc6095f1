import { socketPath } from '../../../config.ts'
import type { Isolation } from '../../../contract/index.ts'
import { commitFields } from '../../../telemetry/log-fields.ts'
import type { LocalHost } from '../host.ts'
import type { LaunchRequest } from '../launch.ts'

/** Gives the set-up its way out while it works: the host's network, or from a sandbox only the filtering proxy. */
export async function withNetwork<T>(
  host: LocalHost,
  { isolation, suite, sha }: { isolation: Isolation; suite: string; sha: string },
  treeKey: string,
  work: (network: LaunchRequest['network']) => Promise<T>,
): Promise<T> {
  if (isolation !== 'sandbox') return work({ mode: 'host' })
  const { startEgressProxy } = await import('../egress/proxy.ts')
  const socket = socketPath(host.places.stateDir, `egress-${treeKey}`)
  const proxy = await startEgressProxy({
    socketPath: socket,
    log: (entry) =>
      host.log?.info({ ...commitFields({ suite, sha }), ...entry, treeKey }, 'the set-up was refused a connection'),
  })
  try {
    return await work({ mode: 'proxy', socket })
  } finally {
    await proxy.close()
  }
}
