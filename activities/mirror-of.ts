import { activityInfo, cancellationSignal, heartbeat } from '@temporalio/activity'
import type { SuiteSpec } from '../src/contract/index.ts'
import { parseAllowedRepository } from '../src/git/allowed-repositories.ts'
import { type EnsureMirrorRequest, ensureMirror } from '../src/git/mirror.ts'
import type { Mirror } from '../src/git/mirror-repository.ts'
import { parseRepository } from '../src/git/repository-ref.ts'
import { fieldsOfWorkflow } from '../src/telemetry/log-fields.ts'
import type { ActivityDeps } from './deps.ts'

/** The repository of a suite, with the bounds of requests from the network where it came from there. */
export function sourceOf(
  deps: Pick<ActivityDeps, 'transports' | 'network'>,
  { repo, network }: Pick<SuiteSpec, 'repo' | 'network'>,
): Pick<EnsureMirrorRequest, 'repo' | 'network'> {
  if (network === undefined) return { repo: parseRepository(repo, { transports: deps.transports }) }
  return { repo: parseAllowedRepository(repo, deps.network.allowedRepos), network: deps.network }
}

/** The mirror of a suite's repository on this host, with at least the commits named. */
export async function mirrorOf(
  deps: ActivityDeps,
  spec: Pick<SuiteSpec, 'repo' | 'network'>,
  refs: readonly string[],
): Promise<Mirror> {
  const workflowId = activityInfo().workflowExecution?.workflowId
  return await ensureMirror({
    stateDir: deps.stateDir,
    ...sourceOf(deps, spec),
    refs,
    signal: cancellationSignal(),
    heartbeat,
    log: deps.log.activities.child({ workflowId, ...fieldsOfWorkflow(workflowId) }),
  })
}
