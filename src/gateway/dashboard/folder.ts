import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { access, chmod, glob, mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { execa } from 'execa'
import { packageRoot } from '../../package-root.ts'

/** What the built page depends on, below the folder of the package. */
const SOURCES = [
  'src/dashboard/**/*',
  'src/progress/*.ts',
  'src/report/format.ts',
  'src/contract/*.ts',
  'scripts/build-dashboard.ts',
  'package.json',
]
const BUILD_MS = 120_000

/**
 * Folder of the built dashboard. An installed package ships it; in the repository it is built once per state of the
 * sources, by a process of its own, as what builds it is not there once the package is installed. Throws where it
 * cannot be built.
 */
export async function dashboardFolder(cacheDir: string, root = packageRoot()): Promise<string> {
  const script = join(root, 'scripts', 'build-dashboard.ts')
  if (!existsSync(script)) return join(root, 'dist', 'dashboard')
  const name = `dashboard-${await digestOfSources(root)}`
  const places = [join(root, 'node_modules', '.cache', 'commit-suite', name), join(cacheDir, name)]
  const built = places.find((place) => existsSync(place))
  if (built !== undefined) return built
  const place = await firstWritable(places)
  await build(script, place)
  return place
}

/** Several gateways may build at once: each does so beside the place, and the first to be ready has it. */
async function build(script: string, place: string): Promise<void> {
  const unfinished = await mkdtemp(`${place}.`)
  try {
    await execa(process.execPath, [script, unfinished], { stdin: 'ignore', timeout: BUILD_MS })
    // Made for its owner only; a gateway of another user finds it here too.
    await chmod(unfinished, 0o755)
    await rename(unfinished, place)
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true })
    if (!existsSync(place)) throw error
  }
}

/** A checkout may be of another user. */
async function firstWritable(places: readonly string[]): Promise<string> {
  const refusals: unknown[] = []
  for (const place of places) {
    try {
      await mkdir(dirname(place), { recursive: true })
      await access(dirname(place), 2)
      return place
    } catch (error) {
      refusals.push(error)
    }
  }
  throw new AggregateError(refusals, 'there is no folder that the dashboard could be built in')
}

async function digestOfSources(root: string): Promise<string> {
  const names: string[] = []
  for await (const entry of glob(SOURCES, { cwd: root, withFileTypes: true })) {
    if (entry.isFile()) names.push(join(entry.parentPath, entry.name))
  }
  const hash = createHash('sha256')
  for (const name of names.sort()) hash.update(`${name.slice(root.length)}\0`).update(await readFile(name))
  return hash.digest('hex').slice(0, 16)
}
