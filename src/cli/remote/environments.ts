import { createClient } from '../../client/client.ts'
import { invalidInput } from '../../contract/index.ts'
import type { EnvironmentFlags } from '../cluster-flags.ts'
import type { GatewayPlace } from '../site/gateway.ts'
import type { Environments } from '../site/site.ts'

/** Environments in the cluster of a gateway, or on its machine. Throws `invalid_input` for flags that name another. */
export function remoteEnvironments(gateway: GatewayPlace, flags: EnvironmentFlags): Environments {
  for (const [name, value] of Object.entries({ '--kubeconfig': flags.kubeconfig, '--context': flags.context })) {
    if (value !== undefined) throw invalidInput(name, value, 'the gateway has a cluster of its own', 'Leave it out.')
  }
  const client = createClient(gateway)
  const query = { place: flags.local ? 'local' : 'cluster' } as const
  const list = async () => (await client.listEnvironments({ query })).environments
  return {
    place: `the ${flags.local ? 'machine' : 'cluster'} of ${client.url}`,
    list,
    async remove(names, onRemoved) {
      const found = new Set((await list()).map(({ namespace }) => namespace))
      const missing = names.find((name) => !found.has(name))
      if (missing !== undefined) {
        throw invalidInput('NAME', missing, 'is not an environment of ours', 'See `commit-suite environments list`.')
      }
      for (const environment of names) {
        await client.removeEnvironment({ params: { environment }, query })
        onRemoved(environment)
      }
    },
  }
}
