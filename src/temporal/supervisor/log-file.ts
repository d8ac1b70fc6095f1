import { closeSync, mkdirSync, openSync, readFileSync, renameSync, statSync } from 'node:fs'
import { dirname } from 'node:path'

const ROTATE_AT_BYTES = 5 * 1024 * 1024

/** Opens a log to append to; a large one is first put aside as `.1`. Close the descriptor when it is handed on. */
function openLog(path: string): number {
  mkdirSync(dirname(path), { recursive: true })
  const sizeBytes = statSync(path, { throwIfNoEntry: false })?.size ?? 0
  if (sizeBytes > ROTATE_AT_BYTES) renameSync(path, `${path}.1`)
  return openSync(path, 'a', 0o600)
}

/** Calls `use` with a log's descriptor and closes our copy of it. */
export function withLog<T>(path: string, use: (descriptor: number) => T): T {
  const descriptor = openLog(path)
  try {
    return use(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

/** The last lines of a log, for a message about what went wrong. */
export function tailOfLog(path: string, lines = 15): string {
  try {
    return readFileSync(path, 'utf8').slice(-4096).trimEnd().split('\n').slice(-lines).join('\n')
  } catch {
    return ''
  }
}
