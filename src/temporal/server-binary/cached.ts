import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Config } from '../../config.ts'
import { CLI_VERSION } from './version.ts'

/** Where binaries are kept that can be got again. */
export const binaryFolder = (config: Config): string => join(config.cacheDir, 'bin')

/** Where `go install` leaves its result. */
export const builtBinary = (config: Config): string => join(binaryFolder(config), `temporal-${CLI_VERSION}`)

/** The kept binaries, ours first, then what the SDK downloaded (newest name first; half a download is skipped). */
export async function cachedBinaries(config: Config): Promise<string[]> {
  const names = await readdir(binaryFolder(config)).catch(() => [])
  const ours = names.filter((name) => name === `temporal-${CLI_VERSION}`)
  const downloaded = names.filter((name) => /^temporal-sdk-typescript-[\d.]+$/.test(name))
  return [...ours, ...downloaded.sort().reverse()].map((name) => join(binaryFolder(config), name))
}
