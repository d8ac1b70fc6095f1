import { randomUUID } from 'node:crypto'
import { mkdir, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { asArtifactError, systemCode } from './artifact-errors.ts'

/**
 * Lets `fill` make a file under a name of its own beside `path` and then gives it its place: a reader sees all of
 * it or nothing, and a failure leaves nothing. Not synced to the disk: what a crash of the system loses is made
 * again with its run. Throws `artifact_store_failed`.
 */
export async function writeAtomically(path: string, fill: (partPath: string) => Promise<void>): Promise<void> {
  const part = join(dirname(path), `.${randomUUID()}.part`)
  try {
    await withDirectory(path, () => fill(part))
    await rename(part, path)
  } catch (error) {
    await rm(part, { force: true }).catch(() => undefined)
    throw asArtifactError(error, 'write', path)
  }
}

/** Makes the directory only when it turns out to be missing: a run writes several files into its own. */
async function withDirectory(path: string, fill: () => Promise<void>): Promise<void> {
  try {
    await fill()
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error
    await mkdir(dirname(path), { recursive: true, mode: 0o700 })
    await fill()
  }
}
