import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { z } from 'zod'

const FOLDERS = ['src', 'workflows', 'activities']
const ALSO_CRUISED = ['scripts', 'test', 'examples']

const cruiseSchema = z.object({
  modules: z.array(z.object({ source: z.string() })),
  summary: z.object({
    violations: z.array(z.object({ from: z.string(), to: z.string(), rule: z.object({ name: z.string() }) })),
  }),
})

async function sourcesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  return entries
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
}

/**
 * The rules of .dependency-cruiser.mjs, and that every source file was read at all: with a compiler it does not
 * know (TypeScript 7) dependency-cruiser reads no module, finds no violation and calls that success.
 */
const sources = new Map(
  await Promise.all([...FOLDERS, ...ALSO_CRUISED].map(async (f) => [f, await sourcesIn(f)] as const)),
)
const present = [...sources].filter(([, files]) => files.length > 0).map(([folder]) => folder)
const { stdout } = await execa(
  'node',
  [
    'node_modules/dependency-cruiser/bin/dependency-cruise.mjs',
    '--config',
    '.dependency-cruiser.mjs',
    '-T',
    'json',
    ...present,
  ],
  { preferLocal: true, reject: false, stderr: 'inherit' },
)
const { modules, summary } = cruiseSchema.parse(JSON.parse(stdout))

const read = new Set(modules.map((module) => module.source))
const unread = FOLDERS.flatMap((folder) => sources.get(folder) ?? []).filter((file) => !read.has(file))
for (const file of unread) console.error(`not read by dependency-cruiser: ${file}`)
for (const { from, to, rule } of summary.violations) console.error(`${rule.name}: ${from} → ${to}`)
if (read.size === 0) console.error('dependency-cruiser read no module at all')
console.log(`${read.size} modules read, ${summary.violations.length} violations`)
process.exitCode = unread.length + summary.violations.length > 0 || read.size === 0 ? 1 : 0
