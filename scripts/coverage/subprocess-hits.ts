import { readdir, readFile, rm } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { z } from 'zod'
import { BUNDLE_URL, hitsOfBundle } from './bundle-hits.ts'

const rangeSchema = z.object({ startOffset: z.int(), endOffset: z.int(), count: z.int() })
const dumpSchema = z.object({
  result: z.array(z.object({ url: z.string(), functions: z.array(z.object({ ranges: z.array(rangeSchema) })) })),
})
type Range = z.infer<typeof rangeSchema>

/** By path relative to the root: 1 at each offset of the source that ran in some process. */
export type Hits = Map<string, Uint8Array>

const lengthOf = (range: Range): number => range.endOffset - range.startOffset

/** V8's ranges nest, and the innermost holds: painted from the longest to the shortest, the last coat is right. */
export function paint(ranges: readonly Range[]): Uint8Array {
  const painted = new Uint8Array(ranges.reduce((end, range) => Math.max(end, range.endOffset), 0))
  for (const range of ranges.toSorted((a, b) => lengthOf(b) - lengthOf(a))) {
    painted.fill(range.count > 0 ? 1 : 0, range.startOffset, range.endOffset)
  }
  return painted
}

/** What ran in either. */
function union(a: Uint8Array | undefined, b: Uint8Array): Uint8Array {
  if (a === undefined) return b
  const both = a.length < b.length ? b.slice() : a.slice()
  const other = a.length < b.length ? a : b
  for (const [offset, hit] of other.entries()) if (hit === 1) both[offset] = 1
  return both
}

const readIfThere = (path: string): Promise<string | undefined> => readFile(path, 'utf8').catch(() => undefined)

/** What one script of a dump adds: itself where it is one of our sources, ours in it where it is a workflow bundle. */
async function hitsOfScript(url: string, ranges: readonly Range[], root: string): Promise<Hits> {
  if (BUNDLE_URL.test(url)) {
    // A test may have removed its cache by now.
    const bundle = await readIfThere(fileURLToPath(url))
    return bundle === undefined
      ? new Map()
      : hitsOfBundle(bundle, paint(ranges), (path) => readIfThere(join(root, path)))
  }
  const own = url.startsWith(pathToFileURL(root + sep).href) && !url.includes('/node_modules/')
  return own ? new Map([[fileURLToPath(url).slice(root.length + 1), paint(ranges)]]) : new Map()
}

/**
 * Adds the files that processes under NODE_V8_COVERAGE=`dir` wrote at their ends to `hits`, for sources below `root`,
 * and removes them: each holds every script of its process, megabytes of other people's code. A file that is still
 * being written is left for the next call.
 */
export async function drainDumps(dir: string, root: string, hits: Hits): Promise<void> {
  for (const name of await readdir(dir)) {
    const dump = parseDump(await readFile(join(dir, name), 'utf8'))
    if (dump === undefined) continue
    for (const { url, functions } of dump.result) {
      const ranges = functions.flatMap((one) => one.ranges)
      for (const [path, ran] of await hitsOfScript(url, ranges, root)) hits.set(path, union(hits.get(path), ran))
    }
    await rm(join(dir, name))
  }
}

function parseDump(text: string): z.infer<typeof dumpSchema> | undefined {
  try {
    return dumpSchema.parse(JSON.parse(text))
  } catch {
    return undefined
  }
}
