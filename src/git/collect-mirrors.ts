import { readdir, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { folderSizeBytes } from '../process/folder-size.ts'
import { withLock } from '../process/lock-file.ts'
import type { MirrorLog } from './mirror.ts'
import { clearLeftovers, findLeftovers } from './mirror-leftovers.ts'
import { lastUsedMs, mirrorsFolder } from './mirror-repository.ts'
import { lookUpCommits } from './present-commits.ts'
import { repackMirror } from './repack-mirror.ts'

export interface CollectMirrorsRequest {
  stateDir: string
  olderThanMs: number
  /** Full ids; a mirror that has one of them is kept, however long it was not used. */
  neededCommits: readonly string[]
  /** Only says what would be removed. */
  dryRun: boolean
  log: MirrorLog
}

interface RemovedMirror {
  /** Relative to the state directory: `mirrors/<name>`. */
  name: string
  sizeBytes: number
}

const LOCK_WAIT_MS = 100
const OF_A_MIRROR = /^([0-9a-f]{16}\.git)(?:\.|$)/

/**
 * Removes mirrors not used for `olderThanMs` and what killed processes left of others, and packs those that stay into
 * one piece where they have become many. A mirror that is being written now is passed over; one that cannot be packed
 * is logged.
 */
export async function collectMirrors(request: CollectMirrorsRequest): Promise<RemovedMirror[]> {
  const folder = mirrorsFolder(request.stateDir)
  const names = (await readdir(folder).catch(() => [])).flatMap((name) => OF_A_MIRROR.exec(name)?.[1] ?? [])
  const removed: RemovedMirror[] = []
  for (const name of new Set(names.toSorted())) {
    const mirror = join(folder, name)
    removed.push(...((await ifFree(`${mirror}.lock`, () => collect(mirror, request))) ?? []))
  }
  return removed
}

/** The lock file itself stays: whoever waits for it would hold another file than the next to come. */
async function ifFree<T>(lock: string, work: () => Promise<T>): Promise<T | undefined> {
  const patience = AbortSignal.timeout(LOCK_WAIT_MS)
  try {
    return await withLock(lock, patience, work)
  } catch (error) {
    if (patience.aborted && error === patience.reason) return undefined
    throw error
  }
}

async function collect(mirror: string, request: CollectMirrorsRequest): Promise<RemovedMirror[]> {
  const outlived = await hasOutlived(mirror, request)
  const names = [...(outlived ? [basename(mirror)] : []), ...(await findLeftovers(mirror))]
  const garbage = await Promise.all(names.map((name) => measure(dirname(mirror), name)))
  if (request.dryRun) return garbage
  await clearLeftovers(mirror)
  if (outlived) await remove(mirror)
  else await tidy(mirror, request.log)
  return garbage
}

async function hasOutlived(mirror: string, request: CollectMirrorsRequest): Promise<boolean> {
  const usedAtMs = await lastUsedMs(mirror)
  if (usedAtMs === undefined || usedAtMs > Date.now() - request.olderThanMs) return false
  const found = await lookUpCommits({ path: mirror }, request.neededCommits)
  return !found.some((commit) => 'sha' in commit)
}

async function measure(folder: string, name: string): Promise<RemovedMirror> {
  return { name: `mirrors/${name}`, sizeBytes: await folderSizeBytes(join(folder, name)) }
}

/** By way of another name, so that a kill half-way leaves no half a mirror. */
async function remove(mirror: string): Promise<void> {
  const old = `${mirror}.old-${process.pid}`
  await rename(mirror, old)
  await rm(old, { recursive: true, force: true })
}

async function tidy(mirror: string, log: MirrorLog): Promise<void> {
  if ((await lastUsedMs(mirror)) === undefined) return
  try {
    if (await repackMirror({ path: mirror })) log.info({ mirror }, 'mirror repacked')
  } catch (error) {
    log.warn({ mirror, cause: error instanceof Error ? error.message : String(error) }, 'mirror not repacked')
  }
}
