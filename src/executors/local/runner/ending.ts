import { readFileSync, statSync } from 'node:fs'
import { type ExitOrSignal, endFromCode, signalName } from '../../exit-or-signal.ts'

/** What the command did, before time-outs and kills are taken into account. */
export type CommandEnd = ExitOrSignal | { type: 'fault'; message: string } | { type: 'unknown' }

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
