import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { homedir, userInfo } from 'node:os'
import { sep } from 'node:path'
import { readConfig } from '../../../config.ts'
import type { ArtifactPlace } from '../../../store/artifact-place.ts'

/** What of this host a sandbox must not see, even where it lies inside something that is shown. */
export interface HostPlaces {
  homes: string[]
  /** State, cache and artifact directories. */
  hidden: string[]
}

export const isWithin = (path: string, parent: string): boolean =>
  path === parent || path.startsWith(parent.endsWith(sep) ? parent : parent + sep)

/** The path without links; the path itself where it does not exist. */
export function realPath(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}

const withRealPaths = (paths: string[]): string[] => [...new Set(paths.flatMap((path) => [path, realPath(path)]))]

/** A bucket is out of reach of those whose credentials are hidden and who have no network. */
const folderOf = (place: ArtifactPlace): string[] => (typeof place === 'string' ? [place] : [])

/** Reads what to hide from the environment of this process. */
export function hostPlaces(env: NodeJS.ProcessEnv = process.env): HostPlaces {
  const config = readConfig(env)
  return {
    homes: withRealPaths([env.HOME || homedir(), userInfo().homedir, '/root', '/home']),
    hidden: withRealPaths([config.stateDir, config.cacheDir, ...folderOf(config.artifacts)]),
  }
}

const unescapeMountPath = (path: string): string =>
  path.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)))

/** Mount points below a directory: a plain bind of the directory does not bring them along. */
export function mountsBelow(directory: string): string[] {
  const lines = readFileSync('/proc/self/mountinfo', 'utf8').split('\n')
  const points = lines.map((line) => unescapeMountPath(line.split(' ')[4] ?? ''))
  const below = points.filter((point) => point !== directory && isWithin(point, directory) && existsSync(point))
  return [...new Set(below)].sort()
}
