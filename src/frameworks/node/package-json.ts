import { z } from 'zod'
import type { TreeReader } from '../framework.ts'

/** Scripts are searched by patterns whose cost grows with the square of the length. */
const LONGEST_SCRIPT = 4096

const names = z.record(z.string(), z.unknown()).catch({})
const packageSchema = z.object({
  dependencies: names,
  devDependencies: names,
  optionalDependencies: names,
  peerDependencies: names,
  scripts: z.record(z.string(), z.unknown()).catch({}),
  workspaces: z.unknown().optional(),
  packageManager: z.string().optional().catch(undefined),
  jest: z.unknown().optional(),
  mocha: z.unknown().optional(),
})

/** What detection wants to know of a package.json. */
export interface PackageJson {
  dependencies: ReadonlySet<string>
  /** The script `test`, '' where there is none or only npm's placeholder. */
  testScript: string
  hasWorkspaces: boolean
  packageManager: string
  /** Top-level keys in which frameworks keep their configuration. */
  configures: { jest: boolean; mocha: boolean }
}

/** Reads package.json; undefined where it is missing or no JSON object, whatever a hostile commit wrote there. */
export async function readPackageJson(files: TreeReader): Promise<PackageJson | undefined> {
  const parsed = packageSchema.safeParse(parseJson(await files.read('package.json')))
  if (!parsed.success) return undefined
  const p = parsed.data
  const test = p.scripts.test
  return {
    dependencies: new Set(
      [p.dependencies, p.devDependencies, p.optionalDependencies, p.peerDependencies].flatMap(Object.keys),
    ),
    testScript: typeof test === 'string' && !test.includes('no test specified') ? test.slice(0, LONGEST_SCRIPT) : '',
    hasWorkspaces: p.workspaces !== undefined,
    packageManager: p.packageManager ?? '',
    configures: { jest: p.jest !== undefined, mocha: p.mocha !== undefined },
  }
}

function parseJson(text: string | undefined): unknown {
  if (text === undefined) return undefined
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch {
    return undefined
  }
}
