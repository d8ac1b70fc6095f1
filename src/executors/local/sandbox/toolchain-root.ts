import { existsSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type HostPlaces, isWithin } from './places.ts'

const has = (root: string, ...names: string[]): boolean => names.every((name) => existsSync(join(root, name)))

function hasVersionedLibrary(root: string): boolean {
  try {
    return readdirSync(join(root, 'lib')).some(
      (name) => /^python\d/.test(name) && existsSync(join(root, 'lib', name, 'os.py')),
    )
  } catch {
    return false
  }
}

/** What the installations of common languages and their version managers look like from above. */
const SHAPES: readonly ((root: string) => boolean)[] = [
  (root) => has(root, 'pyvenv.cfg'),
  (root) => has(root, 'conda-meta'),
  (root) => has(root, 'versions', 'libexec'),
  (root) => has(root, 'installs', 'shims'),
  (root) => has(root, 'toolchains', 'settings.toml'),
  (root) => has(root, 'lib/rustlib'),
  (root) => has(root, 'bin/node', 'lib/node_modules'),
  (root) => has(root, 'bin/volta-shim') || has(root, 'tools', 'bin/volta'),
  (root) => has(root, 'VERSION', 'pkg', 'bin/go'),
  (root) => has(root, 'release', 'bin/java'),
  (root) => has(root, 'lib/ruby', 'bin/ruby'),
  hasVersionedLibrary,
]

/** A directory that holds people's files besides programs, or what we hide, is never shown whole. */
function isPrivate(root: string, places: HostPlaces): boolean {
  const inHome = places.homes.some((home) => isWithin(home, root) || join(home, '.local') === root)
  return root === '/' || inHome || places.hidden.some((path) => isWithin(path, root))
}

/** How far above a program the root of its installation may lie (`lib/node_modules/npm/bin/npm-cli.js`). */
const HIGHEST = 5

/** The installation that a directory belongs to, or undefined where none is recognised. */
export function toolchainRoot(directory: string, places: HostPlaces): string | undefined {
  let root = directory
  for (let level = 0; level < HIGHEST && !isPrivate(root, places); level++) {
    if (SHAPES.some((matches) => matches(root))) return root
    root = dirname(root)
  }
  return undefined
}

/** Whether a directory on the PATH may be shown as it is. */
export const mayShow = (directory: string, places: HostPlaces): boolean => !isPrivate(directory, places)
