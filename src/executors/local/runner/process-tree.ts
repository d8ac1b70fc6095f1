import { readdir, readFile } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { isSameProcess, type ProcessIdentity, processIdentity } from '../../../process/identity.ts'

/** Most are gone at once; hundreds that are ended together on a busy host must not be looked at all the time. */
const GONE_POLL_MS = { first: 5, longest: 80 }

async function childrenOf(pid: number): Promise<number[]> {
  // The kernel lists children per thread: a process may fork from any of them.
  const threads = await readdir(`/proc/${pid}/task`).catch(() => [])
  const lists = await Promise.all(
    threads.map((thread) => readFile(`/proc/${pid}/task/${thread}/children`, 'utf8').catch(() => '')),
  )
  return lists.flatMap((list) =>
    list
      .split(' ')
      .filter((text) => text.trim() !== '')
      .map(Number),
  )
}

/** Every living process below `pid`, nearest first; [] where the system has no /proc. */
export async function descendantsOf(pid: number): Promise<number[]> {
  const found: number[] = []
  for (let level = await childrenOf(pid); level.length > 0; ) {
    found.push(...level)
    level = (await Promise.all(level.map(childrenOf))).flat().filter((child) => !found.includes(child))
  }
  return found
}

/** Processes whose initial environment holds `NAME=value`: daemonised ones that left their tree. */
async function processesMarked(marker: string): Promise<number[]> {
  const entries = await readdir('/proc').catch(() => [])
  const pids = entries.filter((entry) => /^\d+$/.test(entry)).map(Number)
  const marked = await Promise.all(
    pids.map(async (pid) => {
      const environment = await readFile(`/proc/${pid}/environ`, 'latin1').catch(() => '')
      return pid !== process.pid && environment.split('\0').includes(marker)
    }),
  )
  return pids.filter((_, index) => marked[index])
}

/** Sends a signal; false where nobody is there to get it. */
export function signalProcess(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal)
  } catch {
    return false
  }
}

export async function identitiesOf(pids: number[]): Promise<ProcessIdentity[]> {
  return (await Promise.all(pids.map(processIdentity))).filter((identity) => identity !== undefined)
}

/** Waits until these processes are gone (a zombie is gone); true when they all went within `withinMs`. */
export async function waitUntilGone(processes: ProcessIdentity[], withinMs: number): Promise<boolean> {
  const deadline = Date.now() + withinMs
  let left = processes
  for (let waitMs = GONE_POLL_MS.first; ; waitMs = Math.min(2 * waitMs, GONE_POLL_MS.longest)) {
    // The nearest goes last, with its namespace: as long as it is there, the others need no look.
    while (left[0] !== undefined && !(await isSameProcess(left[0]))) left = left.slice(1)
    if (left.length === 0) return true
    if (Date.now() > deadline) return false
    await delay(waitMs)
  }
}

/** Ends marked strays until none shows up any more: each may have forked while the list was read. */
export async function killMarked(marker: string): Promise<void> {
  for (let round = 0; round < 100; round++) {
    const strays = await identitiesOf(await processesMarked(marker))
    if (strays.length === 0) return
    for (const stray of strays) signalProcess(stray.pid, 'SIGKILL')
    await waitUntilGone(strays, 1_000)
  }
}
