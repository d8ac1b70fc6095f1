import { randomBytes } from 'node:crypto'
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * The id of this host's queues: drawn once per state directory, since trees and processes belong to it. A
 * worker that starts again polls the same queues and so finds the work of the one that died.
 */
export async function hostId(stateDir: string): Promise<string> {
  const path = join(stateDir, 'host-id')
  const read = async () => (await readFile(path, 'utf8')).trim()
  try {
    return await read()
  } catch {
    await mkdir(stateDir, { recursive: true })
    const draft = `${path}.${process.pid}`
    await writeFile(draft, `${randomBytes(6).toString('hex')}\n`)
    // A link fails where the name exists: of two workers that start at once, one id wins.
    await link(draft, path).catch(() => undefined)
    await rm(draft, { force: true })
    return await read()
  }
}
