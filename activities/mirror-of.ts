import { cancellationSignal, heartbeat } from '@temporalio/activity'
import type { SuiteSpec } from '../src/contract/index.ts'
import { ensureMirror } from '../src/git/mirror.ts'
import type { Mirror } from '../src/git/mirror-repository.ts'
import { parseRepository } from '../src/git/repository-ref.ts'
import type { ActivityDeps } from './deps.ts'

/** The mirror of a suite's repository on this host, with at least the commits named. */
export async function mirrorOf(deps: ActivityDeps, spec: SuiteSpec, refs: readonly string[]): Promise<Mirror> {
  return await ensureMirror({
    stateDir: deps.stateDir,
    repo: parseRepository(spec.repo, { transports: deps.transports }),
    refs,
    signal: cancellationSignal(),
    heartbeat,
    log: deps.log.activities,
  })
}
