import { randomUUID } from 'node:crypto'
import { type FileHandle, mkdir, open, readdir, rename, rm, stat, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import type { KubernetesPlaces } from '../places.ts'

const SUFFIX = '.tgz'

export interface Pack {
  path: string
  sizeBytes: number
}

const packPath = (places: KubernetesPlaces, treeKey: string): string => join(places.packs, treeKey + SUFFIX)

/** The packed tree of a prepared commit, marked as used now; undefined where this host has none. */
export async function findPack(places: KubernetesPlaces, treeKey: string): Promise<Pack | undefined> {
  const path = packPath(places, treeKey)
  const found = await stat(path).catch(() => undefined)
  if (found === undefined) return undefined
  const now = new Date()
  await utimes(path, now, now)
  return { path, sizeBytes: found.size }
}

/** Writes a pack by `fill`; it exists whole or not at all, whenever the process or the machine dies. */
export async function writePack(
  places: KubernetesPlaces,
  treeKey: string,
  fill: (file: FileHandle) => Promise<void>,
): Promise<Pack> {
  await mkdir(places.packs, { recursive: true, mode: 0o700 })
  const part = `${packPath(places, treeKey)}.${randomUUID()}.part`
  try {
    const file = await open(part, 'wx', 0o600)
    try {
      await fill(file)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(part, packPath(places, treeKey))
  } finally {
    await rm(part, { force: true })
  }
  const { size } = await stat(packPath(places, treeKey))
  return { path: packPath(places, treeKey), sizeBytes: size }
}

export interface RemovedPack {
  name: string
  sizeBytes: number
}

/** Removes packs, and parts of packs that a crash left, that nobody used for `olderThanMs`. */
export async function collectPacks(
  places: KubernetesPlaces,
  olderThanMs: number,
  options: { dryRun?: boolean } = {},
): Promise<RemovedPack[]> {
  const removed: RemovedPack[] = []
  for (const folder of [places.packs, places.scratch]) {
    for (const name of await readdir(folder).catch(() => [])) {
      const path = join(folder, name)
      const found = await stat(path).catch(() => undefined)
      if (found === undefined || Date.now() - found.mtimeMs < olderThanMs) continue
      if (options.dryRun !== true) await rm(path, { recursive: true, force: true })
      removed.push({ name: `pack ${name}`, sizeBytes: found.size })
    }
  }
  return removed
}
