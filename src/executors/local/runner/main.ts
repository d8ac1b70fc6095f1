import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { acquireLock } from '../../../process/lock-file.ts'
import { endLeftovers } from './leftovers.ts'
import { RunTable } from './run-table.ts'
import { serveRunner } from './server.ts'

const LOCK_WAIT_MS = 200

/** Arguments: state directory, socket path, idle time in ms. Exits 0 at once where another runner serves. */
async function main(stateDir: string, socket: string, idleMs: number): Promise<void> {
  process.umask(0o077)
  await mkdir(dirname(socket), { recursive: true, mode: 0o700 })
  const lockPath = join(stateDir, 'locks', 'runner.lock')
  const lock = await acquireLock(lockPath, { signal: AbortSignal.timeout(LOCK_WAIT_MS) }).catch(() => undefined)
  if (lock === undefined) return
  await endLeftovers(join(stateDir, 'runs'))
  await serveRunner(socket, new RunTable(), idleMs)
  await lock.release()
}

const [stateDir = '', socket = '', idleMs = '10000'] = process.argv.slice(2)
// A terminal that goes away must not take the runs with it.
process.on('SIGHUP', () => undefined)
process.on('SIGINT', () => undefined)
await main(stateDir, socket, Number(idleMs))
process.exit(0)
