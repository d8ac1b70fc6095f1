import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import type { RunKey, RunTests } from '../../src/contract/index.ts'
import { readRunTests } from '../../src/frameworks/reports/read-run-tests.ts'
import { isRequested } from '../../src/frameworks/reports/requested.ts'
import type { Store } from '../../src/store/store.ts'

const REPORTS = 'reports/'

/**
 * What the reports of a run on record say of its tests, read again for the sake of their order, which is not kept apart.
 * Undefined where it left none.
 */
export async function readOrder(
  { results, artifacts }: Pick<Store, 'results' | 'artifacts'>,
  key: RunKey,
): Promise<RunTests | undefined> {
  const result = await results.get(key)
  const names = (result?.artifacts ?? []).map(({ name }) => name).filter((name) => name.startsWith(REPORTS))
  const asked = names.filter((name) => isRequested(name))
  const folder = await mkdtemp(join(tmpdir(), 'commit-suite-order-'))
  try {
    const files: { name: string; path: string }[] = []
    for (const [index, name] of (asked.length > 0 ? asked : names).entries()) {
      const bytes = await artifacts.get(key, name)
      if (bytes === undefined) continue
      const path = join(folder, `${index}-${basename(name)}`)
      await writeFile(path, bytes)
      files.push({ name: name.slice(REPORTS.length), path })
    }
    // Both tools that can run tests in a given order report them in the order in which they ran.
    return await readRunTests({ files, framework: 'pytest' })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Whether a test failed, passed, or neither in a run. */
export function outcomeIn({ ran, failed, failedBeyond }: RunTests, test: string): 'failed' | 'passed' | undefined {
  if (failed.some(({ id }) => id === test) || failedBeyond.includes(test)) return 'failed'
  return ran.includes(test) ? 'passed' : undefined
}
