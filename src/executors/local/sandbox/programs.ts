import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** The only PATH that privileged programs are looked up on. */
export const TRUSTED_PATH = '/usr/sbin:/usr/bin:/sbin:/bin'

/** Absolute path of a program of the system itself, or undefined. */
export const systemProgram = (name: string): string | undefined =>
  TRUSTED_PATH.split(delimiter)
    .map((directory) => join(directory, name))
    .find((path) => existsSync(path))
