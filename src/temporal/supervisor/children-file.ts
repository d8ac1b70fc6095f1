import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { Config } from '../../config.ts'
import { isSameProcess, type ProcessIdentity } from '../../process/identity.ts'
import { writeAtomically } from './write-atomically.ts'

const identitySchema = z.object({ pid: z.number(), startTime: z.string() })
const childrenSchema = z.record(z.string(), identitySchema)

const childrenFile = (config: Config): string => join(config.stateDir, 'supervisor-children.json')

/** Record of the processes a supervisor started, for the one that comes after a SIGKILL. */
export class ChildrenFile {
  readonly #path: string
  readonly #children = new Map<string, ProcessIdentity>()
  #writing: Promise<void> = Promise.resolve()

  constructor(config: Config) {
    this.#path = childrenFile(config)
  }

  /** Notes a started child (undefined: it has ended). */
  async note(name: string, identity: ProcessIdentity | undefined): Promise<void> {
    if (identity === undefined) this.#children.delete(name)
    else this.#children.set(name, identity)
    this.#writing = this.#writing.then(() =>
      writeAtomically(this.#path, JSON.stringify(Object.fromEntries(this.#children))),
    )
    await this.#writing
  }

  async remove(): Promise<void> {
    await this.#writing
    await rm(this.#path, { force: true })
  }
}

async function readChildren(config: Config): Promise<ProcessIdentity[]> {
  const text = await readFile(childrenFile(config), 'utf8').catch(() => '{}')
  try {
    return Object.values(childrenSchema.parse(JSON.parse(text)))
  } catch {
    return []
  }
}

const POLL_MS = 10

/**
 * Ends what a killed predecessor left behind and waits until it is gone. Never a process that merely got the
 * same pid. SIGKILL: a worker and a server with a write-ahead log must bear it anyway, and it is fast.
 */
export async function endOrphans(config: Config): Promise<number> {
  const orphans: ProcessIdentity[] = []
  for (const child of await readChildren(config)) if (await isSameProcess(child)) orphans.push(child)
  for (const orphan of orphans) {
    try {
      process.kill(orphan.pid, 'SIGKILL')
    } catch {
      // Gone between look and kill.
    }
  }
  for (const orphan of orphans) {
    while (await isSameProcess(orphan)) await new Promise((next) => setTimeout(next, POLL_MS))
  }
  await rm(childrenFile(config), { force: true })
  return orphans.length
}
