import type { ReleaseRequest } from '../executor.ts'
import type { LocalHost } from './host.ts'
import { removeWorkspace } from './launch-run.ts'
import { lanePrefix } from './places.ts'
import { giveBackLeases } from './prepare/leases.ts'
import { setupPrefix } from './prepare/set-up.ts'
import { keepWorkspace, laneWorkspaces } from './workspace.ts'

/** Ends what is left of the lane, removes or keeps its workspaces and gives its leases back. */
export async function releaseLane(host: LocalHost, { suite, sha, keep }: ReleaseRequest): Promise<void> {
  await host.runner.killPrefix(lanePrefix(suite, sha))
  for (const { treeKey, stillLeased } of await giveBackLeases(host.places, suite, sha)) {
    // A set-up that a crashed worker left behind; another lane that waits for the same tree keeps it.
    if (!stillLeased) await host.runner.killPrefix(setupPrefix(treeKey))
  }
  const own = await laneWorkspaces(host.places, suite, sha)
  await Promise.all(own.map((workspace) => (keep ? keepWorkspace(workspace) : removeWorkspace(workspace))))
}
