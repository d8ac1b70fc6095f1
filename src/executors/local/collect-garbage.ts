import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { folderSizeBytes } from '../../process/folder-size.ts'
import { acquireLock } from '../../process/lock-file.ts'
import type { LocalHost } from './host.ts'
import { removeWorkspace } from './launch-run.ts'
import { treePlaces } from './places.ts'
import { isLeased } from './prepare/leases.ts'
import { expiredSessions, removeSession } from './sessions.ts'
import { removeFolder } from './workspace.ts'

export interface RemovedGarbage {
  /** Relative to the state directory: `trees/<key>`, `runs/<id>` or `sessions/<name>`. */
  name: string
  sizeBytes: number
}

export interface GarbageOptions {
  /** Only says what would be removed. */
  dryRun?: boolean
}

const LOCK_WAIT_MS = 100

async function lastUsedMs(path: string): Promise<number> {
  return stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  )
}

/**
 * Removes prepared trees that nobody leases and workspaces without a run, both not used for `olderThanMs`, and sessions
 * that expired.
 */
export async function collectGarbage(
  host: LocalHost,
  olderThanMs: number,
  { dryRun = false }: GarbageOptions = {},
): Promise<RemovedGarbage[]> {
  const before = Date.now() - olderThanMs
  return [
    ...(await collectTrees(host, before, dryRun)),
    ...(await collectWorkspaces(host, before, dryRun)),
    ...(await collectSessions(host, before, dryRun)),
  ]
}

async function collectSessions({ places }: LocalHost, before: number, dryRun: boolean): Promise<RemovedGarbage[]> {
  const removed: RemovedGarbage[] = []
  for (const name of await expiredSessions(places, before)) {
    const sizeBytes = await folderSizeBytes(join(places.sessions, name))
    if (dryRun || (await removeSession(places, name))) removed.push({ name: `sessions/${name}`, sizeBytes })
  }
  return removed
}

async function collectTrees(host: LocalHost, before: number, dryRun: boolean): Promise<RemovedGarbage[]> {
  const removed: RemovedGarbage[] = []
  for (const treeKey of await readdir(host.places.trees).catch(() => [])) {
    const places = treePlaces(host.places, treeKey)
    const usedAtMs = Math.max(await lastUsedMs(places.ready), await lastUsedMs(places.folder))
    if (usedAtMs > before || (await isLeased(host.places, treeKey))) continue
    const lock = await acquireLock(places.lock, { signal: AbortSignal.timeout(LOCK_WAIT_MS) }).catch(() => undefined)
    if (lock === undefined) continue
    try {
      // A lane takes its lease before it waits for the lock.
      if (await isLeased(host.places, treeKey)) continue
      const sizeBytes = await folderSizeBytes(places.folder)
      if (!dryRun) await removeFolder(places.folder)
      removed.push({ name: `trees/${treeKey}`, sizeBytes })
    } finally {
      await lock.release()
    }
  }
  return removed
}

async function collectWorkspaces(host: LocalHost, before: number, dryRun: boolean): Promise<RemovedGarbage[]> {
  // Folders before runs: a workspace made in between would look as if nobody had it.
  const names = await readdir(host.places.runs).catch(() => [])
  const known = new Set((await host.runner.list('')).map(({ workspace }) => workspace))
  const removed: RemovedGarbage[] = []
  for (const name of names) {
    const workspace = join(host.places.runs, name)
    if (known.has(workspace) || (await lastUsedMs(workspace)) > before) continue
    const sizeBytes = await folderSizeBytes(workspace)
    if (!dryRun) await removeWorkspace(workspace)
    removed.push({ name: `runs/${name}`, sizeBytes })
  }
  return removed
}
