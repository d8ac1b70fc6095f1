import { constants } from 'node:fs'
import { access } from 'node:fs/promises'
import { delimiter, join } from 'node:path'

const SYSTEM_PATH = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin']
const found = new Map<string, Promise<string | undefined>>()

async function look(name: string): Promise<string | undefined> {
  // The system's own folders first: what sets namespaces up must not come from a project's PATH.
  for (const folder of [...SYSTEM_PATH, ...(process.env.PATH ?? '').split(delimiter)]) {
    const path = join(folder, name)
    if (
      await access(path, constants.X_OK).then(
        () => true,
        () => false,
      )
    ) {
      return path
    }
  }
  return undefined
}

/** Absolute path of a system program, looked up once; undefined where it is not installed. */
export function findProgram(name: string): Promise<string | undefined> {
  const known = found.get(name) ?? look(name)
  found.set(name, known)
  return known
}

/** Like `findProgram`, for programs that every system has: falls back to the bare name. */
export async function systemProgram(name: string): Promise<string> {
  return (await findProgram(name)) ?? name
}

/** PATH of a command: programs that its set-up installed into the private HOME come first. */
export const withOwnPrograms = (home: string, path: string | undefined): string =>
  [join(home, '.local', 'bin'), path ?? SYSTEM_PATH.join(delimiter)].join(delimiter)
