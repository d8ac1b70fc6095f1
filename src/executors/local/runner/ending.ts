import { readFileSync, statSync } from 'node:fs'
import { constants } from 'node:os'

/** What the command did, before time-outs and kills are taken into account. */
export type CommandEnd =
  | { type: 'exit'; exitCode: number }
  | { type: 'signal'; signal: string }
  | { type: 'fault'; message: string }
  | { type: 'unknown' }

/** Signals that end a process whether its author thought of them or not: 128 + n from a shell means these. */
const FATAL = [
  'SIGILL',
  'SIGTRAP',
  'SIGABRT',
  'SIGBUS',
  'SIGFPE',
  'SIGKILL',
  'SIGSEGV',
  'SIGTERM',
  'SIGSYS',
  'SIGXCPU',
  'SIGXFSZ',
]

function signalName(number: number): string {
  const names = Object.entries(constants.signals).filter(([, value]) => value === number)
  return names[0]?.[0] ?? `SIG${number}`
}

/** A code of 128 + n where n is a well-known fatal signal is that signal; any other code stands. */
export function endFromCode(exitCode: number): CommandEnd {
  if (exitCode <= 128) return { type: 'exit', exitCode }
  const signal = signalName(exitCode - 128)
  return FATAL.includes(signal) ? { type: 'signal', signal } : { type: 'exit', exitCode }
}

/**
 * The init writes one line: `exit <code>`, `signal <128 + n>` for a real wait status, or `fault <message>`;
 * a bare number counts as `exit`.
 */
export function parseStatus(text: string): CommandEnd {
  const match = /^(?:(exit|signal|fault) )?(.*)\n?$/s.exec(text.trim())
  const [, kind = 'exit', value = ''] = match ?? []
  if (kind === 'fault') return { type: 'fault', message: value }
  if (!/^\d+$/.test(value)) return { type: 'unknown' }
  const code = Number(value)
  if (kind === 'exit') return endFromCode(code)
  return { type: 'signal', signal: signalName(code > 128 ? code - 128 : code) }
}

/** `unknown` where the init left none. */
export function readStatus(statusFile: string): CommandEnd {
  try {
    return parseStatus(readFileSync(statusFile, 'utf8'))
  } catch {
    return { type: 'unknown' }
  }
}

/** The init touches this file right before it starts the command. */
export const startedFile = (statusFile: string): string => `${statusFile}.started`

/** When the file was last written, in ms since 1970; undefined where it is not there. */
export const writtenAtMs = (path: string): number | undefined => statSync(path, { throwIfNoEntry: false })?.mtimeMs
