import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { LocalHost } from './host.ts'
import { releaseLane } from './release.ts'
import { listWorkspaces } from './workspace.ts'

const leaseSchema = z.object({ suite: z.string(), sha: z.string() })
type Lane = z.infer<typeof leaseSchema>

async function leasedLanes(host: LocalHost): Promise<Lane[]> {
  const keys = await readdir(host.places.leases).catch(() => [])
  const files = await Promise.all(
    keys.map(async (key) => {
      const names = await readdir(join(host.places.leases, key)).catch(() => [])
      return names.map((name) => join(host.places.leases, key, name))
    }),
  )
  const lanes = await Promise.all(
    files.flat().map(async (file) => {
      const text = await readFile(file, 'utf8').catch(() => '{}')
      return leaseSchema.safeParse(text === '' ? {} : JSON.parse(text)).data
    }),
  )
  return lanes.filter((lane) => lane !== undefined)
}

/**
 * Releases every lane with runs, workspaces or leases on this host whose suite nobody owns any more; called by
 * a worker that starts. Returns the number of lanes released. Kept workspaces stay.
 */
export async function endUnownedRuns(
  host: LocalHost,
  isOwned: (suite: string) => boolean | Promise<boolean>,
): Promise<number> {
  const workspaces = await listWorkspaces(host.places)
  const lanes = [...(await leasedLanes(host)), ...workspaces.filter(({ kept }) => !kept).map(({ owner }) => owner)]
  const distinct = new Map(lanes.map(({ suite, sha }) => [`${suite}/${sha}`, { suite, sha }]))
  let released = 0
  for (const lane of distinct.values()) {
    if (await isOwned(lane.suite)) continue
    await releaseLane(host, { ...lane, keep: false })
    released += 1
  }
  return released
}
