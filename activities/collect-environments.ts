import { cancellationSignal } from '@temporalio/activity'
import type { Logger } from 'pino'
import type { Retention } from '../src/config.ts'
import { knownClusters, standingsIn } from '../src/executors/kubernetes/environments/suites-on-record.ts'
import { applyRetention } from '../src/store/retention/apply.ts'
import type { Store } from '../src/store/store.ts'
import { foldUnfolded } from './keep-history.ts'

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
  /** Suites whose records or logs went by age; absent where everything is kept for ever. */
  expired?: number
}

interface JanitorDeps {
  store: Store
  log: { activities: Logger }
  /** The worker's environment, which says which cluster is the configured one. */
  env?: NodeJS.ProcessEnv
  /** How long records are kept. */
  retention?: Retention | undefined
}

/** What is not done by then is done in an hour. */
const WITHIN_MS = 60_000
/** Room for the last step of a suite's own clean-up, which keeps or removes its environments. */
const ENDED_FOR_MS = 10 * 60_000
/** The report stands in a history. */
const MOST_NAMES = 20
const LONGEST_NAME = 300

const few = (lines: string[]): string[] => lines.slice(0, MOST_NAMES).map((line) => line.slice(0, LONGEST_NAME))

export function createJanitorActivities(deps: JanitorDeps): JanitorActivities {
  return {
    async collectEnvironments() {
      const report = await collectEnvironments(deps)
      await foldUnfolded(deps, AbortSignal.any([cancellationSignal(), AbortSignal.timeout(WITHIN_MS)]))
      const { resultsMs, logsMs } = deps.retention ?? {}
      return resultsMs === undefined && logsMs === undefined ? report : { ...report, expired: await expire(deps) }
    },
  }
}

/** What is not removed by then is removed in an hour. */
async function expire({ store, log: { activities: log }, retention }: JanitorDeps): Promise<number> {
  if (retention === undefined) return 0
  const signal = AbortSignal.any([cancellationSignal(), AbortSignal.timeout(WITHIN_MS)])
  let count = 0
  for await (const { suite, what } of applyRetention(store, { policy: retention, now: new Date(), signal })) {
    log.info({ suite, what }, 'removed by age')
    count++
  }
  return count
}

async function collectEnvironments({ store, log: { activities: log }, env }: JanitorDeps): Promise<JanitorReport> {
  const refs = await knownClusters(store, env)
  if (refs.length === 0) return { removed: 0, stuck: [], unreached: [] }
  const { collectFromClusters } = await import('../src/executors/kubernetes/environments/collect-clusters.ts')
  const signal = AbortSignal.any([cancellationSignal(), AbortSignal.timeout(WITHIN_MS)])
  const options = { now: new Date(), dryRun: false, standingOf: standingsIn(store), endedForMs: ENDED_FOR_MS }
  const { collected, unreached } = await collectFromClusters(refs, options, signal)
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
