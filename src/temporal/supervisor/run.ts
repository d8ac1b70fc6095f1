import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { pino } from 'pino'
import type { Config } from '../../config.ts'
import { acquireLock } from '../../process/lock-file.ts'
import { buildId } from './build-id.ts'
import { stackTarget } from './external-server.ts'
import { networkRulesId } from './network-rules.ts'
import { Supervisor } from './supervisor.ts'

/** A predecessor that is stopping needs less; one that does not stop is healthy and makes us superfluous. */
const PREDECESSOR_MS = 20_000

/** What a supervisor's main decides. */
export interface RunSupervisor {
  config: Config
  workerModule: string
  hasOpenSuites: () => Promise<boolean>
  isOpenSuite: (suite: string) => Promise<boolean>
  lingerMs: number
}

/** Runs the supervisor of a state directory to its end; its log goes to stdout, which is supervisor.log. */
export async function runSupervisor(options: RunSupervisor): Promise<void> {
  const { config } = options
  const log = pino({ level: config.logLevel, base: { pid: process.pid } }, pino.destination({ fd: 1, sync: true }))
  mkdirSync(config.stateDir, { recursive: true, mode: 0o700 })
  const lock = await acquireLock(join(config.stateDir, 'supervisor.lock'), {
    signal: AbortSignal.timeout(PREDECESSOR_MS),
    onWait: (holder) => log.info({ holder: holder.pid }, 'waiting for the supervisor before'),
  })
  const identity = { build: buildId(), target: stackTarget(config), networkRules: networkRulesId(config) }
  const supervisor = new Supervisor({ ...options, log, ...identity })
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void supervisor.stop(signal))
  process.on('SIGHUP', () => {})
  try {
    await supervisor.run()
  } finally {
    await lock.release()
  }
}
