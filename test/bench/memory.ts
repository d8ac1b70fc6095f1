import { readFile } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'

const KIB_PER_MB = 1000 / 1.024

export interface MemorySample {
  atMs: number
  /** Resident memory by process, in MB. */
  residentMb: Record<string, number>
}

async function residentMb(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? Number.NaN) / KIB_PER_MB
}

/** Samples the resident memory of processes every `everyMs` until the work is done. */
export async function memoryDuring<T>(
  pids: Record<string, number>,
  everyMs: number,
  work: () => Promise<T>,
): Promise<{ value: T; samples: MemorySample[] }> {
  const samples: MemorySample[] = []
  const done = new AbortController()
  const sampling = (async () => {
    while (!done.signal.aborted) {
      const values = await Promise.all(
        Object.entries(pids).map(async ([name, pid]) => [name, await residentMb(pid)] as const),
      )
      samples.push({ atMs: Date.now(), residentMb: Object.fromEntries(values) })
      await delay(everyMs, undefined, { signal: done.signal }).catch(() => undefined)
    }
  })()
  try {
    return { value: await work(), samples }
  } finally {
    done.abort()
    await sampling
  }
}
