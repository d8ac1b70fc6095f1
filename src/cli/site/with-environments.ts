import { clusterOf, type EnvironmentFlags } from '../cluster-flags.ts'
import type { CliContext } from '../context.ts'
import { withOwnEnvironments } from '../local/environments.ts'
import { gatewayOf } from './gateway.ts'
import type { Environments } from './site.ts'

/** Environments in the cluster that the flags name, or in that of a gateway; with `local` those of that machine. */
export async function withEnvironments<T>(
  context: CliContext,
  flags: EnvironmentFlags,
  use: (environments: Environments) => Promise<T>,
): Promise<T> {
  const gateway = await gatewayOf(context)
  if (gateway === undefined) {
    const cluster = flags.local ? 'local' : clusterOf(flags, context.cwd)
    return await withOwnEnvironments(context, cluster, use)
  }
  const { remoteEnvironments } = await import('../remote/environments.ts')
  return await use(remoteEnvironments(gateway, flags))
}
