import { rmSync } from 'node:fs'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as delay } from 'node:timers/promises'

/** A lock held over all processes of this host until it is released or its process ends. */
export interface HeldLock {
  release(): Promise<void>
}

const SQLITE_BUSY = 5
const SQLITE_NOT_A_DATABASE = 26
const POLL_MS = 25

const hasCode = (error: unknown, code: number): boolean =>
  error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' && (error.errcode & 0xff) === code

/**
 * SQLite's reserved lock is a kernel lock on the file: it ends with its process however that dies, so that
 * there is no stale lock to break and no race in breaking it. Unlike a bare `fcntl` lock it also holds
 * between two users in one process. The file stays empty and is never removed: removing it would give two
 * processes a lock on two files of one name.
 */
function tryLock(path: string): DatabaseSync | undefined {
  const database = new DatabaseSync(path, { timeout: 0 })
  try {
    database.exec('BEGIN IMMEDIATE')
    return database
  } catch (error) {
    database.close()
    if (hasCode(error, SQLITE_BUSY)) return undefined
    // Something else was written there: the lock begins anew.
    if (!hasCode(error, SQLITE_NOT_A_DATABASE)) throw error
    rmSync(path, { force: true })
    return undefined
  }
}

async function readHolder(path: string): Promise<{ pid: number } | undefined> {
  const pid = Number(await readFile(path, 'utf8').catch(() => ''))
  return pid > 0 ? { pid } : undefined
}

/**
 * Waits until this process alone holds the lock `path` (made with its folder where missing). `onWait` is told
 * once who holds it, where that is known. Rejects with the signal's reason when aborted.
 */
export async function acquireLock(
  path: string,
  options: {
    signal?: AbortSignal
    onWait?: (holder: { pid: number }) => void
  } = {},
): Promise<HeldLock> {
  await mkdir(dirname(path), { recursive: true })
  const holderPath = `${path}.holder`
  let told = false
  for (;;) {
    options.signal?.throwIfAborted()
    const database = tryLock(path)
    if (database !== undefined) {
      await writeFile(holderPath, String(process.pid))
      return { release: once(() => unlock(database, holderPath)) }
    }
    if (!told && options.onWait !== undefined) {
      const holder = await readHolder(holderPath)
      if (holder !== undefined) options.onWait(holder)
      told = holder !== undefined
    }
    await delay(POLL_MS, undefined, options.signal === undefined ? {} : { signal: options.signal }).catch(() =>
      // The reason of the signal tells more than the timer's AbortError.
      options.signal?.throwIfAborted(),
    )
  }
}

/** Runs `work` while this process alone holds the lock `path`. */
export async function withLock<T>(path: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  const lock = await acquireLock(path, { signal })
  try {
    return await work()
  } finally {
    await lock.release()
  }
}

async function unlock(database: DatabaseSync, holderPath: string): Promise<void> {
  await rm(holderPath, { force: true })
  database.close()
}

function once(action: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined
  return () => (done ??= action())
}
