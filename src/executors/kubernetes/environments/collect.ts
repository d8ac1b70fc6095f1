import type { EnvironmentState } from '../../environment-access.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { isRefusal } from '../cluster/refusal.ts'
import { KEPT_MS } from './keep.ts'
import { findEnvironments } from './list.ts'
import { deleteNamespace } from './namespace.ts'

/** What the store knows of a suite; `unknown` ones are perhaps those of another installation. */
export type SuiteStanding = { type: 'open' } | { type: 'ended'; at: Date } | { type: 'unknown' }

export interface CollectOptions {
  now: Date
  /** Only says what would be removed. */
  dryRun: boolean
  /** `repo` is given where it is known: suites of other installations may have the same id. */
  standingOf(suite: string, repo: string | undefined): Promise<SuiteStanding>
  /** A suite that ended at least so long ago has no more use for an environment that is not kept. */
  endedForMs: number
}

export interface CollectedEnvironments {
  removed: { namespace: string; reason: 'expired' | 'suite ended' }[]
  /** Still there long after their removal was asked for, or the cluster refuses it. */
  stuck: { namespace: string; heldBy: string[] }[]
}

/**
 * Asks for the removal of environments that outlived their time: expired ones, and those of suites that ended
 * without their clean-up. Never those of suites that go on, and those of suites that the store does not know only
 * where they expired. Rights that are used: as `listEnvironments`, and namespaces delete.
 */
export async function collectEnvironments(
  cluster: Cluster,
  options: CollectOptions,
  signal: AbortSignal,
): Promise<CollectedEnvironments> {
  const collected: CollectedEnvironments = { removed: [], stuck: [] }
  for (const { read, state } of await findEnvironments(cluster, signal, options.now)) {
    const { namespace, heldBy } = state
    if (heldBy.length > 0) collected.stuck.push({ namespace, heldBy })
    const reason = await reasonToRemove(state, options)
    if (reason === undefined) continue
    try {
      if (options.dryRun || (await deleteNamespace(cluster, read, signal))) {
        collected.removed.push({ namespace, reason })
      }
    } catch (error) {
      // Whoever may not remove this one may still remove the others.
      if (!isRefusal(error)) throw error
      collected.stuck.push({ namespace, heldBy: [`the cluster refuses its removal: ${error.message}`] })
    }
  }
  return collected
}

async function reasonToRemove(
  { owner, phase, createdAt, expiresAt, suites }: EnvironmentState,
  { now, standingOf, endedForMs }: CollectOptions,
): Promise<'expired' | 'suite ended' | undefined> {
  if (phase === 'Terminating') return undefined
  if (owner.kind === 'session') {
    const until = expiresAt ?? new Date(createdAt.getTime() + KEPT_MS)
    if (until > now) return undefined
    const using = await Promise.all(suites.map((suite) => standingOf(suite, undefined)))
    return using.every(({ type }) => type === 'ended') ? 'expired' : undefined
  }
  const standing = await standingOf(owner.suite, owner.repo)
  if (standing.type === 'open') return undefined
  if (expiresAt !== undefined) return expiresAt <= now ? 'expired' : undefined
  const ended = standing.type === 'ended' && now.getTime() - standing.at.getTime() >= endedForMs
  return ended ? 'suite ended' : undefined
}
