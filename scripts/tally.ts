import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { z } from 'zod'

const tallySchema = z.object({
  /** A tier of tests, or the name of another group of checks. */
  name: z.string(),
  passed: z.int().nonnegative(),
  /** Names of what failed, with the first line of why. */
  failed: z.array(z.string()),
  /** Names of what was skipped, with the reason where the test gave one. */
  skipped: z.array(z.string()),
})
/** What one group of tests or checks came to, kept as a small JSON file that `.ci/run` sums up. */
export type Tally = z.infer<typeof tallySchema>

/** Where the tallies and JUnit files of a checkout are. */
export const RESULTS_DIR = 'test-results'
const SUFFIX = '.tally.json'

export const tallyPath = (dir: string, name: string): string => join(dir, `${name}${SUFFIX}`)

export async function writeTally(dir: string, tally: Tally): Promise<void> {
  const path = tallyPath(dir, tally.name)
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, `${JSON.stringify(tally, null, 2)}\n`)
}

export async function readTally(dir: string, name: string): Promise<Tally> {
  return tallySchema.parse(JSON.parse(await readFile(tallyPath(dir, name), 'utf8')))
}

/** All tallies of a folder, by name; throws where the folder does not exist or a file is no tally. */
export async function readTallies(dir: string): Promise<Tally[]> {
  const names = (await readdir(dir)).filter((name) => name.endsWith(SUFFIX)).sort()
  return Promise.all(names.map((name) => readTally(dir, name.slice(0, -SUFFIX.length))))
}

/** The line `.ci/run` ends with. */
export function totalLine(tallies: readonly Tally[]): string {
  const sum = (count: (tally: Tally) => number) => tallies.reduce((total, tally) => total + count(tally), 0)
  const passed = sum((tally) => tally.passed)
  const failed = sum((tally) => tally.failed.length)
  const skipped = sum((tally) => tally.skipped.length)
  return `${passed} passed, ${failed} failed, ${skipped} skipped`
}
