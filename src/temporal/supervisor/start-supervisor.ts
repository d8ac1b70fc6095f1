import { spawn } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Config } from '../../config.ts'
import { CommitSuiteError } from '../../contract/index.ts'
import { acquireLock } from '../../process/lock-file.ts'
import { configEnvironment } from './config-environment.ts'
import { connectToSupervisor } from './connection.ts'
import { tailOfLog, withLog } from './log-file.ts'

const POLL_MS = 10
/** Includes waiting for a predecessor that is stopping. */
const START_WITHIN_MS = 30_000

/** Starts a detached supervisor unless one listens by now; resolves when one does. `supervisor_failed`. */
export async function startSupervisor(config: Config, module: string): Promise<void> {
  mkdirSync(config.stateDir, { recursive: true, mode: 0o700 })
  const lock = await acquireLock(join(config.stateDir, 'supervisor-start.lock'))
  try {
    if (!(await isListening(config))) await spawnAndWait(config, module)
  } finally {
    await lock.release()
  }
}

async function isListening(config: Config): Promise<boolean> {
  const socket = await connectToSupervisor(config)
  socket?.destroy()
  return socket !== undefined
}

async function spawnAndWait(config: Config, module: string): Promise<void> {
  const logPath = join(config.stateDir, 'supervisor.log')
  const child = withLog(logPath, (log) =>
    spawn(process.execPath, ['--disable-warning=ExperimentalWarning', module], {
      detached: true,
      // Not the caller's folder, which could then not be unmounted or removed.
      cwd: config.stateDir,
      stdio: ['ignore', log, log],
      env: configEnvironment(config),
    }),
  )
  child.unref()
  let ended: string | undefined
  child.once('error', (error) => (ended = error.message))
  child.once('exit', (code, signal) => (ended = `exit ${code ?? signal}`))
  const deadline = Date.now() + START_WITHIN_MS
  while (!(await isListening(config))) {
    if (ended !== undefined || Date.now() > deadline) {
      const how = ended ?? `no answer within ${START_WITHIN_MS / 1000} s`
      throw new CommitSuiteError(
        'supervisor_failed',
        `The supervisor did not start (${how}). Its log ${logPath} ends with:\n${tailOfLog(logPath)}`,
      )
    }
    await delay(POLL_MS)
  }
}
