import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'

/** A process that cannot be mistaken for a later one with the same pid. */
export interface ProcessIdentity {
  pid: number
  /** Opaque: boot and clock ticks on Linux, the printed start time elsewhere. Only compared for equality. */
  startTime: string
}

const run = promisify(execFile)
let bootId: Promise<string> | undefined

/** Ticks count from boot, so that without the boot the same pid and ticks could come again. */
async function currentBoot(): Promise<string> {
  bootId ??= readFile('/proc/sys/kernel/random/boot_id', 'utf8').then(
    (text) => text.trim(),
    () => 'unknown-boot',
  )
  return bootId
}

async function linuxStartTime(pid: number): Promise<string | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined)
  if (stat === undefined) return undefined
  // The second field is the program's name, which may hold blanks and parentheses.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const [state, startTicks] = [fields[0], fields[19]]
  if (state === 'Z' || state === 'X' || startTicks === undefined) return undefined
  return `${await currentBoot()}:${startTicks}`
}

async function portableStartTime(pid: number): Promise<string | undefined> {
  const printed = await run('ps', ['-o', 'stat=,lstart=', '-p', String(pid)]).catch(() => undefined)
  const [, state, startTime] = printed?.stdout.trim().match(/^(\S+)\s+(.+)$/) ?? []
  return state === undefined || state.startsWith('Z') ? undefined : startTime
}

/** Identity of a living process; undefined where there is none. A zombie counts as gone. */
export async function processIdentity(pid: number): Promise<ProcessIdentity | undefined> {
  const startTime = await (process.platform === 'linux' ? linuxStartTime(pid) : portableStartTime(pid))
  return startTime === undefined ? undefined : { pid, startTime }
}

/** Whether the very process of this identity still lives. */
export async function isSameProcess(identity: ProcessIdentity): Promise<boolean> {
  return (await processIdentity(identity.pid))?.startTime === identity.startTime
}
