import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { z } from 'zod'

/** The part of a CycloneDX document that we read; everything else in it stays as npm wrote it. */
const sbomSchema = z.looseObject({
  bomFormat: z.literal('CycloneDX'),
  metadata: z.looseObject({ component: z.looseObject({ name: z.string() }) }),
  components: z.array(z.looseObject({ name: z.string(), version: z.string(), purl: z.string() })),
})
export type Sbom = z.infer<typeof sbomSchema>

export const parseSbom = (text: string): Sbom => sbomSchema.parse(JSON.parse(text))

const shipped = z.looseObject({ devDependencies: z.unknown().optional() })
const lockSchema = z.looseObject({ packages: z.record(z.string(), z.looseObject({ dev: z.boolean().optional() })) })

/**
 * What is installed with the package, by its lock file, as npm tells it in CycloneDX. It is asked of a copy without
 * anything that only builds: `npm sbom --omit=dev` (11.19) leaves out what is needed both ways, zod for one. The folder
 * has the package's name, since npm takes that for it.
 */
export async function makeSbom(): Promise<Sbom> {
  const above = await mkdtemp(join(tmpdir(), 'sbom-'))
  try {
    const { devDependencies: _, ...manifest } = shipped.parse(JSON.parse(await readFile('package.json', 'utf8')))
    const lock = lockSchema.parse(JSON.parse(await readFile('package-lock.json', 'utf8')))
    const kept = Object.entries(lock.packages).filter(([, { dev }]) => dev !== true)
    const packages = Object.fromEntries(kept.map(([path, entry]) => [path, path === '' ? withoutDev(entry) : entry]))
    const folder = join(above, String(manifest.name))
    await mkdir(folder)
    await writeFile(join(folder, 'package.json'), JSON.stringify(manifest))
    await writeFile(join(folder, 'package-lock.json'), JSON.stringify({ ...lock, packages }))
    const { stdout } = await execa('npm', ['sbom', '--sbom-format=cyclonedx', '--package-lock-only'], { cwd: folder })
    return parseSbom(stdout)
  } finally {
    await rm(above, { recursive: true })
  }
}

const withoutDev = ({ devDependencies: _, ...entry }: Record<string, unknown>) => entry
