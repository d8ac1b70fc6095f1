import { mkdir, readdir, rm, rmdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { leaseName, type Places } from '../places.ts'

/** Marks the prepared tree as in use by a lane: `gc` leaves it alone. Idempotent. */
export async function takeLease(places: Places, treeKey: string, suite: string, sha: string): Promise<void> {
  const folder = join(places.leases, treeKey)
  // `giveBack` may remove the empty folder between these two.
  for (let attempt = 0; ; attempt++) {
    await mkdir(folder, { recursive: true })
    try {
      return await writeFile(join(folder, leaseName(suite, sha)), JSON.stringify({ suite, sha }))
    } catch (error) {
      if (attempt === 3) throw error
    }
  }
}

/** Trees that the lane had leased, and whether somebody else still leases them. */
export async function giveBackLeases(
  places: Places,
  suite: string,
  sha: string,
): Promise<{ treeKey: string; stillLeased: boolean }[]> {
  const keys = await readdir(places.leases).catch(() => [])
  const given = await Promise.all(
    keys.map(async (treeKey) => {
      const folder = join(places.leases, treeKey)
      const holders: string[] = await readdir(folder).catch(() => [])
      if (!holders.includes(leaseName(suite, sha))) return []
      await rm(join(folder, leaseName(suite, sha)), { force: true })
      await rmdir(folder).catch(() => undefined)
      return [{ treeKey, stillLeased: holders.length > 1 }]
    }),
  )
  return given.flat()
}

export async function isLeased(places: Places, treeKey: string): Promise<boolean> {
  return (await readdir(join(places.leases, treeKey)).catch(() => [])).length > 0
}
