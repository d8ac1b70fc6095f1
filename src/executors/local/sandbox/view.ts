import { existsSync, lstatSync, readdirSync } from 'node:fs'
import { credentialsBelow } from './credentials.ts'
import { type Mount, NEW_ROOT, readOnlyBind, tmpfs } from './fstab.ts'
import { type HostPlaces, isWithin, mountsBelow } from './places.ts'
import { findToolchains } from './toolchains.ts'

/** What of the host a sandbox sees, read-only; everything that is not listed does not exist in it. */
export interface HostView {
  /** Directories and files that are shown, covers aside. */
  roots: string[]
  /** Links and devices that are copied as they are. */
  copies: string[]
  /** Empty files to make: targets of file mounts, and one that covers others. */
  files: string[]
  mounts: Mount[]
  /** For the command's environment, unless it has them. */
  env: Record<string, string>
  /** Whether a toolchain lies below a place that is otherwise private to the run. */
  belowTmp: boolean
}

/** Where distributions keep programs, libraries and world-readable settings; top-level `lib*` come on their own. */
const SYSTEM = ['/usr', '/bin', '/sbin', '/etc', '/opt', '/nix', '/gnu', '/var/lib/ca-certificates']
/** Covers credential files: tools that look for one must find nothing in it, not fail. */
const EMPTY_FILE = '/commit-suite/etc/empty'
const DEVICES = ['null', 'zero', 'full', 'random', 'urandom', 'tty', 'fd', 'stdin', 'stdout', 'stderr']

const isLink = (path: string): boolean => lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false
const isTemporary = (path: string): boolean => isWithin(path, '/tmp') || isWithin(path, '/var/tmp')
const present = (path: string): boolean => lstatSync(path, { throwIfNoEntry: false }) !== undefined

/** Lists what to show: the system's directories and the toolchains of `env`, hidden places and credentials covered. */
export function hostView(env: NodeJS.ProcessEnv, places: HostPlaces): HostView {
  const libraries = readdirSync('/').flatMap((name) => (/^lib(x?\d*)$/.test(name) ? [`/${name}`] : []))
  const system = [...SYSTEM, ...libraries].filter(present)
  const directories = system.filter((path) => !isLink(path))
  const toolchains = findToolchains(env, system, places)
  // The run's own directory is mounted at /tmp: the target of a single file would not exist in it.
  const binds = toolchains.binds.filter(({ kind, target }) => kind === 'directory' || !isTemporary(target))
  const roots = [...directories, ...binds.map((bind) => bind.target)]
  return {
    roots,
    copies: [...system.filter(isLink), ...DEVICES.map((name) => `/dev/${name}`).filter(present)],
    files: [EMPTY_FILE, ...binds.filter((bind) => bind.kind === 'file').map((bind) => bind.target)],
    mounts: [
      ...directories.map((path) => readOnlyBind(path)),
      ...binds.map((bind) => readOnlyBind(bind.source, bind.target)),
      ...[...new Set(roots.flatMap(mountsBelow))].map((path) => readOnlyBind(path)),
      ...covers(roots, places),
    ],
    env: toolchains.env,
    belowTmp: roots.some(isTemporary),
  }
}

/** Mounts that hide what must not be seen inside the roots that are shown. */
function covers(roots: readonly string[], places: HostPlaces): Mount[] {
  const shownInside = (path: string): boolean => roots.some((root) => path !== root && isWithin(path, root))
  const directories = [...places.hidden, ...places.homes].filter((path) => shownInside(path) && existsSync(path))
  const cover = (path: string): Mount => tmpfs(path, 'ro,nosuid,nodev,size=4k,mode=0000')
  const credentials = credentialsBelow(roots.filter((root) => root !== '/usr' && root !== '/etc'))
  return [
    ...directories.map(cover),
    ...credentials.map(({ path, kind }) =>
      kind === 'directory' ? cover(path) : readOnlyBind(NEW_ROOT + EMPTY_FILE, path),
    ),
  ]
}
