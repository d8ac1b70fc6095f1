import { cancellationSignal } from '@temporalio/activity'
import type { Logger } from 'pino'
import type { ClusterRef } from '../src/contract/index.ts'
import type { Cluster } from '../src/executors/kubernetes/cluster/cluster.ts'
import { clustersOf, standingsIn } from '../src/executors/kubernetes/environments/suites-on-record.ts'
import type { Store } from '../src/store/store.ts'

/** What the workflow `Janitor` calls. */
export interface JanitorActivities {
  /** Removes what outlived its time from every cluster that this worker knows. */
  collectEnvironments(): Promise<JanitorReport>
}

/** Counts and the first names of each kind; all of them are in the worker's log. */
export interface JanitorReport {
  removed: number
  stuck: string[]
  unreached: string[]
}

export interface JanitorDeps {
  store: Store
  /** Connects, or gives the connection that there is. */
  cluster(ref: ClusterRef | undefined): Promise<Cluster>
  /** Whether there is a cluster that suites get which name none. */
  hasDefaultCluster: boolean
  log: { activities: Logger }
}

/** A cluster that is away is waited for no longer: the next collection comes in an hour. */
const WITHIN_MS = 60_000
/** Room for the last step of a suite's own clean-up, which keeps or removes its environments. */
const ENDED_FOR_MS = 10 * 60_000
/** The report stands in a history. */
const MOST_NAMES = 20
const LONGEST_NAME = 300

const few = (lines: string[]): string[] => lines.slice(0, MOST_NAMES).map((line) => line.slice(0, LONGEST_NAME))

export function createJanitorActivities(deps: JanitorDeps): JanitorActivities {
  return { collectEnvironments: () => collectEnvironments(deps) }
}

async function collectEnvironments({
  store,
  cluster,
  hasDefaultCluster,
  log: { activities: log },
}: JanitorDeps): Promise<JanitorReport> {
  const refs = [...(hasDefaultCluster ? [undefined] : []), ...(await clustersOf(store))]
  if (refs.length === 0) return { removed: 0, stuck: [], unreached: [] }
  const { collectFromClusters } = await import('../src/executors/kubernetes/environments/collect-clusters.ts')
  const signal = AbortSignal.any([cancellationSignal(), AbortSignal.timeout(WITHIN_MS)])
  const options = { now: new Date(), dryRun: false, standingOf: standingsIn(store), endedForMs: ENDED_FOR_MS }
  const { collected, unreached } = await collectFromClusters(refs, cluster, options, signal)
  const stuck = collected.flatMap((one) =>
    one.stuck.map(({ namespace, heldBy }) => `${one.cluster}/${namespace}: ${heldBy.join('; ')}`),
  )
  for (const one of collected) {
    for (const { namespace, reason } of one.removed) {
      log.info({ cluster: one.cluster, namespace, reason }, 'environment removed')
    }
  }
  for (const line of stuck) log.warn({ stuck: line }, 'environment does not go')
  for (const reason of unreached) log.warn({ reason }, 'cluster not looked at')
  const removed = collected.reduce((sum, one) => sum + one.removed.length, 0)
  return { removed, stuck: few(stuck), unreached: few(unreached) }
}
