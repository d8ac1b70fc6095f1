import { spawn } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import { createConnection, type Socket } from 'node:net'
import { dirname } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { socketPath } from '../../../config.ts'
import { CommitSuiteError } from '../../../contract/index.ts'

const POLL_MS = 10
const RESPAWN_MS = 2_000
const START_WITHIN_MS = 15_000

function connect(path: string): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = createConnection(path)
    socket.once('connect', () => {
      socket.removeAllListeners('error')
      resolve(socket)
    })
    socket.once('error', () => resolve(undefined))
  })
}

function spawnRunner(stateDir: string, socket: string, idleMs: number): void {
  // Beside this file: TypeScript from the sources, JavaScript from the package.
  const main = fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? './main.ts' : './main.js', import.meta.url))
  const child = spawn(
    process.execPath,
    ['--max-old-space-size=64', '--disable-warning=ExperimentalWarning', main, stateDir, socket, String(idleMs)],
    // Of the worker's environment only what finding programs takes: runs must never see the rest.
    { cwd: '/', detached: true, stdio: 'ignore', env: { PATH: process.env.PATH ?? '/usr/bin:/bin' } },
  )
  child.on('error', () => undefined)
  child.unref()
}

/**
 * Connects to the runner of a state directory and starts it where there is none. Starting it twice at once is
 * harmless: only the holder of its lock serves. Throws `runner_lost` when none comes up in time.
 */
export async function connectRunner(stateDir: string, idleMs: number): Promise<Socket> {
  const path = socketPath(stateDir, 'runner')
  await mkdir(stateDir, { recursive: true, mode: 0o700 })
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const deadline = Date.now() + START_WITHIN_MS
  for (let spawnedAtMs = 0; Date.now() < deadline; ) {
    const socket = await connect(path)
    if (socket !== undefined) return socket
    if (Date.now() - spawnedAtMs > RESPAWN_MS) {
      spawnRunner(stateDir, path, idleMs)
      spawnedAtMs = Date.now()
    }
    await delay(POLL_MS)
  }
  throw new CommitSuiteError('runner_lost', `The runner of ${stateDir} did not start within ${START_WITHIN_MS} ms.`)
}
