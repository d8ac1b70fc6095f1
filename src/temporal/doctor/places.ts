import { randomUUID } from 'node:crypto'
import { mkdir, rm, statfs, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Config } from '../../config.ts'
import { supervisorSocket } from '../supervisor/private-socket.ts'
import { type Check, failed, ok, warning } from './check.ts'

const GIB = 1024 ** 3
const LITTLE_SPACE_BYTES = 2 * GIB

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

export async function checkStateDir(config: Config): Promise<Check> {
  const name = 'state directory'
  const trial = join(config.stateDir, `doctor-${randomUUID()}`)
  try {
    await mkdir(config.stateDir, { recursive: true, mode: 0o700 })
    await writeFile(trial, '')
    await rm(trial)
  } catch (error) {
    return failed(name, messageOf(error), 'Make it writable or set COMMIT_SUITE_HOME to another absolute path.')
  }
  const { bavail, bsize } = await statfs(config.stateDir)
  const free = bavail * bsize
  const detail = `${config.stateDir}, ${(free / GIB).toFixed(1)} GiB free`
  if (free >= LITTLE_SPACE_BYTES) return ok(name, detail)
  return warning(name, detail, 'Free some space, for example with `commit-suite gc`, or move COMMIT_SUITE_HOME.')
}

/** `LONGEST` holds on every system we know; the socket moves to the temporary directory before it is reached. */
const LONGEST_SOCKET_BYTES = 103

export function checkSocketPath(config: Config): Check {
  const path = supervisorSocket(config)
  const length = Buffer.byteLength(path)
  if (length <= LONGEST_SOCKET_BYTES) return ok('socket path', path)
  return failed('socket path', `${path} has ${length} bytes`, 'Set TMPDIR to a shorter path.')
}
