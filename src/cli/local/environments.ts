import type { EnvironmentPlace } from '../../contract/http/environments.ts'
import { type ClusterRef, invalidInput } from '../../contract/index.ts'
import type { EnvironmentAccess, EnvironmentState } from '../../executors/environment-access.ts'
import type { Prices } from '../../prices.ts'
import { environmentDocument } from '../../report/environment.ts'
import { assertUnused } from '../../store/environment-use.ts'
import type { Store } from '../../store/store.ts'
import type { CliContext } from '../context.ts'
import type { Environments } from '../site/site.ts'
import { withOwn } from './stack.ts'

/** Environments in a cluster that this machine can reach, or on it, closed again after `use`. */
export async function withOwnEnvironments<T>(
  context: CliContext,
  cluster: ClusterRef | 'local' | undefined,
  use: (environments: Environments) => Promise<T>,
): Promise<T> {
  const { services } = context
  const { prices } = services.config()
  if (cluster === 'local') {
    return await withOwn(context, async ({ config, store }) =>
      use(seenBy(context, await services.localEnvironments(config, store), { place: 'local', prices })),
    )
  }
  const access = await services.openEnvironments(cluster)
  try {
    return await use(seenBy(context, access, { place: 'cluster', prices }))
  } finally {
    await access.close()
  }
}

const seenBy = (
  context: CliContext,
  access: EnvironmentAccess,
  seen: { place: EnvironmentPlace; prices: Prices | undefined },
): Environments => ({
  place: access.place,
  list: async () => (await access.list()).map((one) => environmentDocument(one, seen)),
  remove: (names, onRemoved) => withOwn(context, ({ store }) => remove(access, store, names, onRemoved)),
})

async function remove(
  access: EnvironmentAccess,
  store: Store,
  names: readonly string[],
  onRemoved: (name: string) => void,
): Promise<void> {
  const found = await access.list()
  const chosen = names.map((name) => named(found, name))
  for (const environment of chosen) await assertUnused(store, environment, 'NAME')
  for (const environment of chosen) {
    await access.remove(environment)
    onRemoved(environment.namespace)
  }
}

function named(found: readonly EnvironmentState[], name: string): EnvironmentState {
  const environment = found.find(({ namespace }) => namespace === name)
  if (environment !== undefined) return environment
  throw invalidInput('NAME', name, 'is not an environment of ours', 'See `commit-suite environments list`.')
}
