import { lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'

/** Bytes of the files below a folder, symbolic links not followed; what cannot be read counts 0. */
export async function folderSizeBytes(folder: string): Promise<number> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
  let sizeBytes = 0
  for (const entry of entries) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) sizeBytes += await folderSizeBytes(path)
    else sizeBytes += (await lstat(path).catch(() => undefined))?.size ?? 0
  }
  return sizeBytes
}
