import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { onTestFinished } from 'vitest'

const SCRIPT = new URL('./writer.ts', import.meta.url).pathname

/** A started writer: `begin` lets it go, `answer` is what it prints at its end. */
export interface WriterProcess {
  begin(): void
  answer(): Promise<{ code: number | null; printed: string; errors: string }>
  kill(): Promise<void>
}

/** Starts a writer and waits until it is ready to begin; it ends with the test at the latest. */
export async function startWriter(mode: 'open' | 'record', stateDir: string, name: string, count = 0) {
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', SCRIPT, mode, stateDir, name, `${count}`],
    {
      stdio: ['pipe', 'pipe', 'pipe'],
    },
  )
  onTestFinished(() => void child.kill('SIGKILL'))
  const closed = once(child, 'close')
  const errors = text(child.stderr)
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const first = await lines.next()
  if (first.value !== 'ready') throw new Error(await errors)
  return controlsOf(child, closed, lines, errors)
}

function controlsOf(
  child: ChildProcessByStdio<Writable, Readable, Readable>,
  closed: Promise<unknown>,
  lines: AsyncIterator<string>,
  errors: Promise<string>,
): WriterProcess {
  return {
    begin: () => void child.stdin.write('go\n'),
    async answer() {
      const line = await lines.next()
      await closed
      return { code: child.exitCode, printed: line.value ?? '', errors: await errors }
    },
    async kill() {
      child.kill('SIGKILL')
      await closed
    },
  }
}
