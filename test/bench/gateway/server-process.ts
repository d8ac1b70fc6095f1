import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { execa } from 'execa'

export interface ServerProcess {
  url: string
  /** Resident memory, in bytes. */
  memoryBytes(): Promise<number>
  stop(): Promise<void>
}

/** Starts a server of this folder in a process of its own; it prints its URL when it is ready. */
export async function startServer(script: string, ...args: string[]): Promise<ServerProcess> {
  const child = execa(process.execPath, [new URL(script, import.meta.url).pathname, ...args], {
    ...{ stderr: 'inherit', buffer: false, reject: false },
  })
  const [line] = await once(createInterface({ input: child.stdout }), 'line')
  const { url } = JSON.parse(String(line))
  return {
    url,
    async memoryBytes() {
      const status = await readFile(`/proc/${child.pid}/status`, 'utf8')
      return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) * 1024
    },
    async stop() {
      child.kill('SIGKILL')
      await child
    },
  }
}
