import { existsSync, lstatSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { delimiter, dirname, isAbsolute, join, normalize } from 'node:path'
import { type HostPlaces, isWithin, realPath } from './places.ts'
import { mayShow, toolchainRoot } from './toolchain-root.ts'

/** Programs outside the system's own directories that a command on this PATH needs. */
interface Toolchains {
  /** Each shown read-only at its own path; where the path leads through links, `source` is what it leads to. */
  binds: { source: string; target: string; kind: 'directory' | 'file' }[]
  /** Variables by which version managers find their root when HOME is another. */
  env: Record<string, string>
}

/** Variables that name an installation. */
const ROOT_VARIABLES = ['GOROOT', 'JAVA_HOME', 'PYENV_ROOT', 'RUSTUP_HOME', 'VOLTA_HOME', 'CONDA_PREFIX'] as const

/** A program by which a version manager's root is known, and the variable that tells it where its root is. */
const MANAGERS: readonly (readonly [string, string])[] = [
  ['libexec/pyenv', 'PYENV_ROOT'],
  ['libexec/rbenv', 'RBENV_ROOT'],
  ['libexec/nodenv', 'NODENV_ROOT'],
  ['libexec/goenv', 'GOENV_ROOT'],
  ['bin/volta', 'VOLTA_HOME'],
  ['settings.toml', 'RUSTUP_HOME'],
]

const KEEP_MS = 60_000
const known = new Map<string, { at: number; found: Toolchains }>()

/**
 * Finds the toolchains of an environment by its PATH: directories, what their links lead to, the installations
 * around both, the base of a virtual environment, rustup behind its proxies. Remembered for a minute.
 * @param env the environment of this process, never that of a request: whoever sets PATH says what is shown
 * @param shown directories that the sandbox shows anyway
 */
export function findToolchains(env: NodeJS.ProcessEnv, shown: readonly string[], places: HostPlaces): Toolchains {
  const key = JSON.stringify([env.PATH, ROOT_VARIABLES.map((name) => env[name]), shown, places])
  const entry = known.get(key)
  if (entry !== undefined && Date.now() - entry.at < KEEP_MS) return entry.found
  const found = new Search(shown, places).run(env)
  known.set(key, { at: Date.now(), found })
  return found
}

/** Never a place for programs, or made anew in each sandbox. */
const NEVER = ['/proc', '/sys', '/dev', '/commit-suite']

class Search {
  private readonly shown: readonly string[]
  private readonly places: HostPlaces
  private readonly targets = new Map<string, { source: string; kind: 'directory' | 'file' }>()
  private readonly seen = new Set<string>()

  constructor(shown: readonly string[], places: HostPlaces) {
    this.shown = shown
    this.places = places
  }

  run(env: NodeJS.ProcessEnv): Toolchains {
    // npm puts such folders in front of PATH for its scripts: our own tools, which runs do not get either.
    const folders = (env.PATH ?? '').split(delimiter).filter((folder) => !/\/node_modules\/\.bin\/?$/.test(folder))
    for (const directory of folders) this.visitDirectory(directory)
    for (const name of ROOT_VARIABLES) this.visitRoot(env[name])
    const paths = [...this.targets.keys()].sort()
    const outermost = paths.filter((path) => !paths.some((other) => other !== path && isWithin(path, other)))
    const binds = outermost.flatMap((target) => {
      const bind = this.targets.get(target)
      return bind === undefined ? [] : [{ ...bind, target }]
    })
    return { binds, env: managerVariables(binds.map((bind) => bind.target)) }
  }

  private visitRoot(root: string | undefined): void {
    if (root === undefined || !isAbsolute(root) || toolchainRoot(realPath(root), this.places) !== realPath(root)) return
    this.show(root, 'directory')
    this.visitDirectory(join(root, 'bin'))
  }

  /** A directory of programs: itself or its installation, and what its links lead to. */
  private visitDirectory(path: string): void {
    const directory = normalize(path).replace(/(?<=.)\/$/, '')
    if (!isAbsolute(directory) || this.seen.has(directory) || !isDirectory(directory)) return
    this.seen.add(directory)
    const root = toolchainRoot(directory, this.places)
    if (root !== undefined) this.showInstallation(root)
    else if (mayShow(realPath(directory), this.places)) this.show(directory, 'directory')
    for (const entry of readdirSync(directory, { withFileTypes: true })) {
      if (entry.isSymbolicLink()) this.visitLink(join(directory, entry.name))
      if (entry.name === 'rustup') this.visitRoot(join(dirname(dirname(directory)), '.rustup'))
    }
  }

  private visitLink(link: string): void {
    const target = realPath(link)
    if (target === link || this.isShown(target) || this.seen.has(target)) return
    this.seen.add(target)
    const root = toolchainRoot(dirname(target), this.places)
    if (root !== undefined) this.showInstallation(root)
    else if (mayShow(target, this.places) && lstatSync(target).isFile()) this.show(target, 'file')
  }

  private showInstallation(root: string): void {
    if (this.seen.has(`${root}/`)) return
    this.seen.add(`${root}/`)
    this.show(root, 'directory')
    const config = join(root, 'pyvenv.cfg')
    const base = existsSync(config) ? /^home\s*=\s*(.+)$/m.exec(readFileSync(config, 'utf8'))?.[1]?.trim() : undefined
    if (base !== undefined) this.visitDirectory(base)
    if (existsSync(join(root, 'bin'))) this.visitDirectory(join(root, 'bin'))
  }

  private isShown = (path: string): boolean =>
    [...this.shown, ...NEVER].some((place) => isWithin(path, place)) || /[\n\0]/.test(path)

  private show(path: string, kind: 'directory' | 'file'): void {
    const source = realPath(path)
    for (const target of new Set([path, source])) if (!this.isShown(target)) this.targets.set(target, { source, kind })
  }
}

const isDirectory = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false

function managerVariables(roots: readonly string[]): Record<string, string> {
  const env: Record<string, string> = {}
  for (const root of roots) {
    for (const [program, variable] of MANAGERS) if (existsSync(join(root, program))) env[variable] ??= root
  }
  return env
}
