import { z } from 'zod'

const versions = z.record(z.string(), z.string()).default({})
const lockSchema = z.object({
  packages: z.record(
    z.string(),
    z.object({
      version: z.string().optional(),
      license: z.string().optional(),
      resolved: z.string().optional(),
      integrity: z.string().optional(),
      dev: z.boolean().default(false),
      optional: z.boolean().default(false),
      dependencies: versions,
      devDependencies: versions,
      optionalDependencies: versions,
    }),
  ),
})
export type LockFile = z.infer<typeof lockSchema>

export const parseLock = (text: string): LockFile => lockSchema.parse(JSON.parse(text))

interface MissingPackage {
  path: string
  name: string
  version: string
  dev: boolean
}

/** Where Node finds `name` from the package at `path`: beside it, or beside one of those it is nested in. */
function places(path: string, name: string): string[] {
  const nested = `${path}/node_modules/${name}`
  const above = path.lastIndexOf('/node_modules/')
  if (path === '') return [`node_modules/${name}`]
  return [nested, ...(above === -1 ? places('', name) : places(path.slice(0, above), name))]
}

/** Optional dependencies with exact versions that the lock file does not hold, for which `npm ci` refuses to run. */
export function missingOptional(lock: LockFile): MissingPackage[] {
  const missing = new Map<string, MissingPackage>()
  for (const [path, entry] of Object.entries(lock.packages)) {
    for (const [name, version] of Object.entries(entry.optionalDependencies)) {
      if (places(path, name).some((place) => lock.packages[place] !== undefined)) continue
      const wanted = `node_modules/${name}`
      missing.set(wanted, { path: wanted, name, version, dev: entry.dev })
    }
  }
  return [...missing.values()]
}
