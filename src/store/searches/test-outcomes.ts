import type { TestStore } from '../store.ts'
import { tallyTests } from '../tests/tally-tests.ts'

/** By attempt, whether a test failed in the runs of a commit; absent where it did not run, or its run says nothing. */
export async function testOutcomes(
  tests: TestStore,
  { suite, sha, test }: { suite: string; sha: string; test: string },
): Promise<Map<number, boolean>> {
  const recorded = await tests.ofCommit({ suite, sha })
  const outcomes =
    recorded === undefined
      ? []
      : tallyTests(recorded)
          .find(({ id }) => id === test)
          ?.outcomes()
  const failed = new Map<number, boolean>()
  for (const [index, outcome] of (outcomes ?? []).entries()) {
    const attempt = recorded?.runs[index]?.attempt
    if (attempt === undefined || outcome === 'missing' || outcome === 'skipped') continue
    failed.set(attempt, outcome === 'failed')
  }
  return failed
}
