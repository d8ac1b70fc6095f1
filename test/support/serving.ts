import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Home } from './home.ts'

/** A gateway as users start it, in a process of its own. */
export interface Serving {
  url: string
  pid: number
  /** SIGTERM, and its end. */
  stop(): Promise<number | undefined>
}

/** Starts `serve` or `gateway` on a state directory and a free port; throws with its words where it does not come up. */
export async function startServing(
  home: Home,
  command: 'serve' | 'gateway' = 'serve',
  ...args: string[]
): Promise<Serving> {
  const child = home.start(command, '--port', '0', '--json', ...args)
  const ready = once(createInterface({ input: child.stdout }), 'line')
  const ended = child.then(({ exitCode, stderr }) => {
    throw new Error(`${command} ended with ${exitCode}: ${stderr}`)
  })
  ended.catch(() => undefined)
  const [line] = await Promise.race([ready, ended])
  const { url, pid } = JSON.parse(String(line))
  return {
    url,
    pid,
    async stop() {
      child.kill('SIGTERM')
      return (await child).exitCode
    },
  }
}
