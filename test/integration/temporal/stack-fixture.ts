import { mkdtemp, rm } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect } from 'vitest'
import { type Config, readConfig } from '../../../src/config.ts'
import { signalProcess } from '../../../src/executors/local/runner/process-tree.ts'
import { isSameProcess, type ProcessIdentity, processIdentity } from '../../../src/process/identity.ts'
import { findStack, type StackInfo } from '../../../src/temporal/supervisor/client.ts'

export const supervisorModule = resolve('test/integration/temporal/stand-in/supervisor-main.ts')

/** A configuration with a state directory of its own and the cache of this machine. */
export async function freshConfig(env: Record<string, string> = {}): Promise<Config> {
  const stateDir = await mkdtemp(join(tmpdir(), 'stack-'))
  const cache = process.env.COMMIT_SUITE_CACHE ?? join(homedir(), '.cache', 'commit-suite')
  return readConfig({ COMMIT_SUITE_HOME: stateDir, COMMIT_SUITE_CACHE: cache, ...env })
}

export async function runningStack(config: Config): Promise<StackInfo> {
  const stack = await findStack(config)
  if (stack === undefined) throw new Error('no stack runs')
  return stack
}

export async function identify(pid: number | null): Promise<ProcessIdentity> {
  const identity = pid === null ? undefined : await processIdentity(pid)
  if (identity === undefined) throw new Error(`no process ${pid}`)
  return identity
}

/** The three processes of a running stack. */
export async function stackProcesses(config: Config): Promise<ProcessIdentity[]> {
  const { pid, serverPid, workerPid } = await runningStack(config)
  return Promise.all([pid, serverPid, workerPid].map(identify))
}

export async function expectGone(processes: ProcessIdentity[]): Promise<void> {
  const alive = async () => (await Promise.all(processes.map(isSameProcess))).filter(Boolean).length
  await expect.poll(alive, { timeout: 20_000 }).toBe(0)
}

/** Ends what runs for this state directory, by the pids it tells, and removes the directory. */
export async function endStack(config: Config): Promise<void> {
  const stack = await findStack(config)
  if (stack !== undefined) {
    const processes = await stackProcesses(config).catch(() => [])
    signalProcess(stack.pid, 'SIGTERM')
    await expectGone(processes)
  }
  await rm(config.stateDir, { recursive: true, force: true, maxRetries: 5 })
}
