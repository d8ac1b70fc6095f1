import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { RunLimits } from '../../../contract/index.ts'
import { type CgroupBase, CONTROLLERS, type Controller, findBase } from './cgroup-bases.ts'

/** Processes of a run when nothing else is asked for: a fork bomb must not take the host down. */
const DEFAULT_PROCESSES = 4096
/** What of ours counts too: the init, and `unshare` where it has joined before it makes the init. */
const OWN_PROCESSES = 2
const CPU_PERIOD_US = 100_000
const REMOVE_TRIES = 40

let bases: Promise<Map<Controller, CgroupBase>> | undefined

async function findBases(): Promise<Map<Controller, CgroupBase>> {
  const found = await Promise.all(CONTROLLERS.map(async (name) => [name, await findBase(name)] as const))
  return new Map(found.flatMap(([name, base]) => (base === undefined ? [] : [[name, base]])))
}

/** Found once; the groups of one process do not move. */
const knownBases = (): Promise<Map<Controller, CgroupBase>> => (bases ??= findBases())

type Settings = { file: string; value: string; optional?: boolean }[]

function settingsOf(controller: Controller, version: 1 | 2, limits: RunLimits): Settings {
  if (controller === 'pids') {
    return [{ file: 'pids.max', value: String((limits.processes ?? DEFAULT_PROCESSES) + OWN_PROCESSES) }]
  }
  if (controller === 'memory') {
    if (limits.memoryBytes === undefined) return []
    const value = String(limits.memoryBytes)
    // Without the swap setting a test would swap instead of ending; not every kernel has it.
    return version === 1
      ? [
          { file: 'memory.limit_in_bytes', value },
          { file: 'memory.memsw.limit_in_bytes', value, optional: true },
        ]
      : [
          { file: 'memory.max', value },
          { file: 'memory.swap.max', value: '0', optional: true },
        ]
  }
  if (limits.cpus === undefined) return []
  const quotaUs = Math.max(1_000, Math.round(limits.cpus * CPU_PERIOD_US))
  return version === 1
    ? [
        { file: 'cpu.cfs_period_us', value: String(CPU_PERIOD_US) },
        { file: 'cpu.cfs_quota_us', value: String(quotaUs) },
      ]
    : [{ file: 'cpu.max', value: `${quotaUs} ${CPU_PERIOD_US}` }]
}

const groupName = (workspaceName: string): string => `commit-suite-${workspaceName}`

async function groupsOf(workspaceName: string): Promise<{ version: 1 | 2; controller: Controller; path: string }[]> {
  return [...(await knownBases())].map(([controller, { version, path }]) => ({
    version,
    controller,
    path: join(path, groupName(workspaceName)),
  }))
}

function put(path: string, { file, value, optional }: Settings[number]): void {
  try {
    writeFileSync(join(path, file), value)
  } catch (error) {
    if (optional !== true) throw error
  }
}

/** Makes the groups of one process tree. Returns the files by which a process joins them, by writing 0. */
export async function makeRunCgroups(workspaceName: string, limits: RunLimits): Promise<string[]> {
  const joined = new Set<string>()
  for (const { controller, version, path } of await groupsOf(workspaceName)) {
    const settings = settingsOf(controller, version, limits)
    if (settings.length === 0) continue
    try {
      // Version 2 has one group for all controllers.
      if (!existsSync(path)) mkdirSync(path)
      for (const setting of settings) put(path, setting)
      joined.add(join(path, 'cgroup.procs'))
    } catch {
      // The run goes on without this limit; `limitWarnings` has said what cannot be enforced here.
    }
  }
  return [...joined]
}

/** What of these limits this host cannot enforce, in words. */
export async function limitWarnings(limits: RunLimits): Promise<string[]> {
  const known = await knownBases()
  const asked: [Controller, string, unknown][] = [
    ['memory', 'memory', limits.memoryBytes],
    ['pids', 'processes', limits.processes],
    ['cpu', 'CPUs', limits.cpus],
  ]
  return asked
    .filter(([controller, , value]) => value !== undefined && !known.has(controller))
    .map(([, name]) => `The limit of ${name} is not enforced: this host offers no writable control group for it.`)
}

/** Whether the kernel ended a process of this tree because its memory was used up. */
export async function ranOutOfMemory(workspaceName: string): Promise<boolean> {
  for (const { controller, version, path } of await groupsOf(workspaceName)) {
    if (controller !== 'memory') continue
    const file = version === 1 ? 'memory.oom_control' : 'memory.events'
    const counters = join(path, file)
    if (!existsSync(counters)) continue
    if (Number(/^oom_kill (\d+)$/m.exec(readFileSync(counters, 'utf8'))?.[1] ?? 0) > 0) return true
  }
  return false
}

/** Removes the groups of a tree whose processes are gone. */
export async function removeRunCgroups(workspaceName: string): Promise<void> {
  const paths = new Set((await groupsOf(workspaceName)).map(({ path }) => path))
  await Promise.all([...paths].filter((path) => existsSync(path)).map(removeGroup))
}

async function removeGroup(path: string): Promise<void> {
  for (let tries = 0; tries < REMOVE_TRIES; tries++) {
    try {
      return rmdirSync(path)
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EBUSY')) return
      // A process that has just ended still counts for a moment.
      await delay(5)
    }
  }
}

const JOIN = 'for file in $1; do { echo 0 > "$file"; } 2> /dev/null; done; shift; exec "$@"'

/** Puts the process into its groups before it becomes `argv`, where no init of ours can do it itself. */
export function joinCgroups(files: readonly string[], argv: string[]): string[] {
  return files.length === 0 ? argv : ['/bin/sh', '-c', JOIN, 'commit-suite-join', files.join(' '), ...argv]
}
