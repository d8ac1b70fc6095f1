import { type ClusterRef, isOpen } from '../../../contract/index.ts'
import type { Store } from '../../../store/store.ts'
import type { CollectOptions } from './collect.ts'
import { clusterIsConfigured } from './configured.ts'

const MOST_SUITES = 1_000

/**
 * What the store says of the suites whose environments are found. A suite of another repository has only the id in
 * common; an end without a time is not old enough for anything.
 */
export function standingsIn({ suites }: Store): CollectOptions['standingOf'] {
  return async (id, repo) => {
    const stored = await suites.get(id)
    if (stored === undefined || (repo !== undefined && stored.spec.repo !== repo)) return { type: 'unknown' }
    if (isOpen(stored.status) || stored.finishedAt === null) return { type: 'open' }
    return { type: 'ended', at: new Date(stored.finishedAt) }
  }
}

/**
 * The clusters where there may be environments of ours: the configured one (undefined), and those that the newest
 * suites named, each once.
 */
export async function knownClusters(
  { suites }: Store,
  env: NodeJS.ProcessEnv = process.env,
): Promise<(ClusterRef | undefined)[]> {
  const named = new Map<string, ClusterRef>()
  for (const { spec } of await suites.list({ partOf: 'any', limit: MOST_SUITES })) {
    const { executor, cluster } = spec
    if (executor !== 'kubernetes' || cluster === undefined) continue
    named.set(JSON.stringify([cluster.kubeconfig, cluster.context]), cluster)
  }
  return [...(clusterIsConfigured(env) ? [undefined] : []), ...named.values()]
}
