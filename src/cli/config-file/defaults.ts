import { access } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { PROJECT_FILES } from '../../documents/commit-suite-file/names.ts'
import type { FileOptions } from './options.ts'
import { readDefaultsFile } from './read-config-file.ts'

const USER_FILES = ['config.yml', 'config.yaml', 'config.json'] as const

/**
 * Options of the project file `.commit-suite.yml` in `cwd` or above it, up to the root of the working tree; {}
 * where there is none. It is data only: nothing of a project is executed to be configured.
 */
export async function readProjectDefaults(cwd: string): Promise<FileOptions> {
  for (let folder = resolve(cwd); ; folder = dirname(folder)) {
    const file = await firstExisting(folder, PROJECT_FILES)
    if (file !== undefined) return readDefaultsFile(file, 'project')
    if (folder === dirname(folder) || (await exists(join(folder, '.git')))) return {}
  }
}

/** Options of `$XDG_CONFIG_HOME/commit-suite/config.yml` (default `~/.config`); {} where there is none. */
export async function readUserDefaults(env: NodeJS.ProcessEnv = process.env): Promise<FileOptions> {
  const base = env.XDG_CONFIG_HOME || (env.HOME ? join(env.HOME, '.config') : undefined)
  const file = base === undefined ? undefined : await firstExisting(join(base, 'commit-suite'), USER_FILES)
  return file === undefined ? {} : readDefaultsFile(file, 'user')
}

async function firstExisting(folder: string, names: readonly string[]): Promise<string | undefined> {
  for (const name of names) if (await exists(join(folder, name))) return join(folder, name)
  return undefined
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  )
