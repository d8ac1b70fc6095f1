import { resolve } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { execa } from 'execa'
import type { Home } from './home.ts'
import { until } from './until.ts'

const CLI = resolve('bin/commit-suite.js')
const BRIDGE = resolve('test/support/on-terminal.py')

/** What Ctrl-C sends. */
export const CTRL_C = '\x03'

export interface TerminalSession {
  /** What was shown so far, escape sequences and all. */
  raw(): string
  /** The same without escape sequences. */
  text(): string
  type(keys: string): void
  /** Waits until `text` matches. */
  shows(pattern: RegExp): Promise<void>
  exitCode(): Promise<number | undefined>
}

/** A command line on a pseudo-terminal of its own, with a person typing. */
export function onTerminal(home: Home, ...args: string[]): TerminalSession {
  const env = { ...home.env, TERM: 'xterm', CI: '', NO_COLOR: '1' }
  const child = execa('python3', [BRIDGE, 'node', CLI, ...args], {
    env,
    reject: false,
    buffer: false,
    encoding: 'buffer',
  })
  const chunks: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
  const raw = () => Buffer.concat(chunks).toString('utf8')
  const text = () => stripVTControlCharacters(raw())
  return {
    raw,
    text,
    type: (keys) => void child.stdin.write(keys),
    shows: async (pattern) => {
      let ended = false
      void child.then(() => (ended = true))
      await until(`${pattern} on the terminal`, () => {
        if (pattern.test(text())) return true
        if (ended) throw new Error(`the command ended without showing ${pattern}, but:\n${text()}`)
        return false
      }).catch((error: unknown) => {
        throw new Error(`The terminal showed:\n${text()}`, { cause: error })
      })
    },
    exitCode: async () => (await child).exitCode,
  }
}
