import { parse } from 'smol-toml'
import { z } from 'zod'
import type { TreeReader } from '../framework.ts'

const list = z.array(z.unknown()).catch([])
const groups = z.record(z.string(), list).catch({})
const pyprojectSchema = z.object({
  'build-system': z.unknown().optional(),
  project: z.object({ dependencies: list, 'optional-dependencies': groups }).optional().catch(undefined),
  'dependency-groups': groups,
  tool: z
    .object({
      pytest: z.unknown().optional(),
      poetry: z.unknown().optional(),
      uv: z.object({ 'dev-dependencies': list }).optional().catch(undefined),
    })
    .catch({ pytest: undefined, poetry: undefined, uv: undefined }),
})

/** Extras and groups that hold what tests need, the best first. */
export const TEST_SETS: readonly string[] = ['test', 'tests', 'testing', 'dev']
/** Deeper or wider than any real project; a chain of groups must not exhaust the stack. */
const MOST_GROUPS = 50

/** What set-up and detection want to know of a pyproject.toml. */
export interface Pyproject {
  /** Has a build system, so that pip can install the project itself. */
  isPackage: boolean
  dependencies: string[]
  /** Requirements per extra. */
  extras: Record<string, string[]>
  /** Requirements per dependency group (PEP 735) of TEST_SETS, inclusions resolved. */
  groups: Record<string, string[]>
  configuresPytest: boolean
  usesPoetry: boolean
}

/** Reads pyproject.toml; undefined where it is missing or malformed, whatever a hostile commit wrote there. */
export async function readPyproject(files: TreeReader): Promise<Pyproject | undefined> {
  const parsed = pyprojectSchema.safeParse(parseToml(await files.read('pyproject.toml')))
  if (!parsed.success) return undefined
  const p = parsed.data
  const declared = p['dependency-groups']
  const dev = strings(p.tool.uv?.['dev-dependencies'] ?? [])
  const groups = Object.fromEntries(
    TEST_SETS.filter((name) => Object.hasOwn(declared, name)).map((name) => [name, groupOf(declared, name, new Set())]),
  )
  return {
    isPackage: p['build-system'] !== undefined,
    dependencies: strings(p.project?.dependencies ?? []),
    extras: Object.fromEntries(
      Object.entries(p.project?.['optional-dependencies'] ?? {}).map(([name, items]) => [name, strings(items)]),
    ),
    groups: dev.length === 0 ? groups : { ...groups, dev: [...(groups.dev ?? []), ...dev] },
    configuresPytest: p.tool.pytest !== undefined,
    usesPoetry: p.tool.poetry !== undefined,
  }
}

const includeSchema = z.object({ 'include-group': z.string() })

/** A group with those it includes; `seen` ends circles. */
function groupOf(declared: Record<string, unknown[]>, name: string, seen: Set<string>): string[] {
  if (seen.has(name) || seen.size >= MOST_GROUPS) return []
  seen.add(name)
  const items = Object.hasOwn(declared, name) ? (declared[name] ?? []) : []
  return items.flatMap((item) => {
    const include = includeSchema.safeParse(item)
    return include.success ? groupOf(declared, include.data['include-group'], seen) : strings([item])
  })
}

/** Requirements only: an entry that begins with a dash would be an option of pip. */
const strings = (items: readonly unknown[]): string[] =>
  items.filter((item): item is string => typeof item === 'string' && /^[A-Za-z0-9]/.test(item.trim()))

function parseToml(text: string | undefined): unknown {
  if (text === undefined) return undefined
  try {
    return parse(text)
  } catch {
    return undefined
  }
}
