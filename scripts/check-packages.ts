import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { type LockFile, missingOptional, parseLock } from './lock-file.ts'

/** Licences a product under MIT can depend on at run time without conditions beyond naming them. */
const LICENCES =
  /^\(?(MIT|ISC|BSD-2-Clause|BSD-3-Clause|Apache-2\.0|0BSD|CC0-1\.0|CC-BY-4\.0|Python-2\.0|PSF-2\.0|BlueOak-1\.0\.0|BSL-1.0|Unlicense)\)?$/
/** Packages that name their licence in a file only, as read there. */
const LICENCE_IN_FILE = new Map([['node_modules/unionfs', 'Unlicense']])
const SHA512 = /^sha512-[A-Za-z0-9+/]{86}==$/
const EXACT_VERSION = /^\d+\.\d+\.\d+(-[\w.]+)?$/

const versions = z.record(z.string(), z.string()).default({})
const manifestSchema = z.object({
  version: z.string(),
  license: z.string(),
  dependencies: versions,
  devDependencies: versions,
})

const allowed = (licence: string): boolean =>
  licence.split(' OR ').some((choice) => choice.split(' AND ').every((part) => LICENCES.test(part)))

/** Exact versions, a lock file that agrees, pins each package by its content and names no registry, licences that fit. */
function problems(manifest: z.infer<typeof manifestSchema>, lock: LockFile): string[] {
  const found: string[] = []
  const root = lock.packages['']
  for (const kind of ['dependencies', 'devDependencies'] as const) {
    for (const [name, version] of Object.entries(manifest[kind])) {
      if (!EXACT_VERSION.test(version)) found.push(`package.json: ${name} ${version} is not an exact version`)
      if (root?.[kind][name] !== version) found.push(`package-lock.json does not know ${name} ${version}`)
    }
  }
  for (const { name } of missingOptional(lock)) {
    found.push(`package-lock.json lacks ${name}: npm ci refuses; npm run lock:complete adds it`)
  }
  for (const [path, entry] of Object.entries(lock.packages)) {
    if (entry.resolved !== undefined) found.push(`package-lock.json: ${path} names a registry`)
    // Packages for other platforms have none where our registry does not serve them; npm ci takes the registry's.
    if (path !== '' && !entry.optional && !SHA512.test(entry.integrity ?? '')) {
      found.push(`package-lock.json: ${path} has no checksum`)
    }
    // Packages for one platform share the licence of the package that asks for them.
    if (path === '' || entry.dev || entry.optional) continue
    const licence = entry.license ?? LICENCE_IN_FILE.get(path) ?? 'not stated'
    if (!allowed(licence)) found.push(`${path}: licence ${licence}`)
  }
  return found
}

const manifest = manifestSchema.parse(JSON.parse(await readFile('package.json', 'utf8')))
const lock = parseLock(await readFile('package-lock.json', 'utf8'))
const licence = await readFile('LICENSE', 'utf8').catch(() => '')
const found = problems(manifest, lock)
if (!licence.startsWith(manifest.license)) found.push(`LICENSE is not the ${manifest.license} licence`)
for (const problem of found) console.error(problem)
console.log(`${Object.keys(lock.packages).length} packages checked, ${found.length} problems`)
process.exitCode = found.length > 0 ? 1 : 0
