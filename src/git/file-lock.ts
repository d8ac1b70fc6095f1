import { rm } from 'node:fs/promises'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as pause } from 'node:timers/promises'

const SQLITE_BUSY = 5
const SQLITE_NOT_A_DATABASE = 26
const POLL_MS = 50

/**
 * Runs `work` while this process alone holds the lock `file`. The lock is the operating system's (that of an empty
 * SQLite database): the kernel gives it back when its holder dies, however it dies, so it is never stale.
 * Waits for as long as it takes; an aborted signal ends the wait with its reason.
 */
export async function withFileLock<T>(file: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  const release = await acquire(file, signal)
  try {
    return await work()
  } finally {
    release()
  }
}

async function acquire(file: string, signal: AbortSignal): Promise<() => void> {
  for (;;) {
    signal.throwIfAborted()
    const release = await tryAcquire(file)
    if (release !== undefined) return release
    await pause(POLL_MS, undefined, { signal }).catch(() => signal.throwIfAborted())
  }
}

async function tryAcquire(file: string): Promise<(() => void) | undefined> {
  const database = new DatabaseSync(file, { timeout: 0 })
  try {
    database.exec('BEGIN EXCLUSIVE')
    return () => database.close()
  } catch (error) {
    database.close()
    const code = sqliteCode(error)
    if (code === SQLITE_NOT_A_DATABASE) await rm(file, { force: true })
    else if (code !== SQLITE_BUSY) throw error
    return undefined
  }
}

const sqliteCode = (error: unknown): number | undefined =>
  error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' ? error.errcode : undefined
