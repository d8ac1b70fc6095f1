import { stat } from 'node:fs/promises'
import type { ReleaseRequest } from '../executor.ts'
import type { LocalHost } from './host.ts'
import { removeWorkspace } from './launch-run.ts'
import { lanePrefix } from './places.ts'
import { giveBackLeases } from './prepare/leases.ts'
import { setupPrefix } from './prepare/set-up.ts'
import { settleSession } from './sessions.ts'
import { keepWorkspace, laneWorkspaces } from './workspace.ts'

/**
 * Ends what is left of the lane, removes or keeps its workspaces and gives its leases back. A session keeps the last
 * workspace of its last request.
 */
export async function releaseLane(host: LocalHost, { suite, sha, keep, session }: ReleaseRequest): Promise<void> {
  await host.runner.killPrefix(lanePrefix(suite, sha))
  for (const { treeKey, stillLeased } of await giveBackLeases(host.places, suite, sha)) {
    // A set-up that a crashed worker left behind; another lane that waits for the same tree keeps it.
    if (!stillLeased) await host.runner.killPrefix(setupPrefix(treeKey))
  }
  const own = await laneWorkspaces(host.places, suite, sha)
  const [newest] = session === undefined ? [] : await newestFirst(own)
  if (session !== undefined) await settleSession(host.places, session, { suite, sha }, newest)
  const rest = own.filter((workspace) => workspace !== newest)
  await Promise.all(rest.map((workspace) => (keep ? keepWorkspace(workspace) : removeWorkspace(workspace))))
}

async function newestFirst(workspaces: readonly string[]): Promise<string[]> {
  const times = await Promise.all(workspaces.map(async (path) => ({ path, at: (await stat(path)).mtimeMs })))
  return times.sort((a, b) => b.at - a.at).map(({ path }) => path)
}
