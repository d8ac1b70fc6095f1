import { readdir, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { endLeftoverGit } from './leftover-git.ts'

const KINDS = ['.draft-', '.old-', '.writer.']

/** Names of what a killed process left beside a mirror. With its lock held, nobody else's work is among it. */
export async function findLeftovers(mirror: string): Promise<string[]> {
  const starts = KINDS.map((kind) => basename(mirror) + kind)
  return (await readdir(dirname(mirror))).filter((name) => starts.some((start) => name.startsWith(start)))
}

/** Ends a git that still writes the mirror for a killed process, and removes what that left. For the lock's holder. */
export async function clearLeftovers(mirror: string): Promise<void> {
  await endLeftoverGit(`${mirror}.writer`)
  for (const name of await findLeftovers(mirror)) {
    await rm(join(dirname(mirror), name), { recursive: true, force: true })
  }
}
