import { constants } from 'node:os'

export type ExitOrSignal = { type: 'exit'; exitCode: number } | { type: 'signal'; signal: string }

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

/** `SIGKILL` for 9. */
export function signalName(number: number): string {
  const names = Object.entries(constants.signals).filter(([, value]) => value === number)
  return names[0]?.[0] ?? `SIG${number}`
}

/** A code of 128 + n where n is a well-known fatal signal is that signal; any other code stands. */
export function endFromCode(exitCode: number): ExitOrSignal {
  if (exitCode <= 128) return { type: 'exit', exitCode }
  const signal = signalName(exitCode - 128)
  return FATAL.includes(signal) ? { type: 'signal', signal } : { type: 'exit', exitCode }
}
