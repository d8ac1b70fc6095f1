import { cancellationSignal, heartbeat } from '@temporalio/activity'
import {
  CommitSuiteError,
  controlTaskQueue,
  hostTaskQueue,
  podTaskQueue,
  type SuiteSpec,
} from '../src/contract/index.ts'
import type { Provision } from '../src/executors/executor.ts'
import type { LanePlace } from '../workflows/api.ts'
import type { CommitReference } from './api.ts'
import type { ProjectLookup } from './commit-project.ts'
import type { ActivityDeps } from './deps.ts'
import { recordStep } from './environment-steps.ts'
import { findSuite } from './suite-lookup.ts'

/**
 * Makes the place of a commit's runs and says by which queues it is worked on. Refuses what this host or its cluster
 * cannot do before a lane settles there; why is then on record as the end of the environment.
 */
export async function provisionEnvironment(
  deps: ActivityDeps,
  project: ProjectLookup,
  commit: CommitReference,
): Promise<LanePlace> {
  const { spec } = await findSuite(deps.store, commit.suite)
  try {
    const { place, namespace, existed } = await provision(deps, project, spec, commit.sha)
    const lane = placeOf(deps, spec, place)
    const where = `${spec.executor === 'local' ? 'on' : 'namespace'} ${lane.node}`
    await recordStep(deps, commit, 'provision', where, namespace === undefined ? {} : { namespace, existed })
    return lane
  } catch (error) {
    const final = error instanceof CommitSuiteError && !error.retryable
    if (final) await recordStep(deps, commit, 'failed', `provision: ${error.message}`)
    throw error
  }
}

async function provision(deps: ActivityDeps, project: ProjectLookup, spec: SuiteSpec, sha: string): Promise<Provision> {
  const { id: suite, repo, isolation, limits, parallelism, cluster, session } = spec
  const executor = await deps.executors.of(spec.executor)
  await executor.assertSupported(isolation, cluster)
  const { template } = await project(spec, sha)
  return await executor.provision(
    { suite, sha, repo, template, limits, parallelism, cluster, session },
    { signal: cancellationSignal(), heartbeat },
  )
}

/** The executor ends a wait in which nothing goes forward much sooner; where others go forward, all have their turn. */
const LONGEST_WAIT_MS = 24 * 3_600_000

/** Runs in pods have a queue of their own: they wait in a cluster and need no slot of this host. */
function placeOf({ host }: ActivityDeps, { executor }: SuiteSpec, node: string): LanePlace {
  const controlQueue = controlTaskQueue(host.id)
  switch (executor) {
    case 'local':
      return { taskQueue: hostTaskQueue(host.id), controlQueue, node: host.node, slots: host.slots }
    case 'kubernetes':
      return { taskQueue: podTaskQueue(host.id), controlQueue, node, slots: host.pods, waitMs: LONGEST_WAIT_MS }
  }
}
