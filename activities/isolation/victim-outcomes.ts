import type { TestOutcome } from '../../src/stats/test-verdicts.ts'
import type { Store } from '../../src/store/store.ts'
import { tallyTests } from '../../src/store/tests/tally-tests.ts'

type Reader = Pick<Store, 'tests'> & { results: Pick<Store['results'], 'outcomes'> }

export interface VictimQuery {
  suite: string
  sha: string
  test: string
  /** Only attempts below it. */
  below?: number | undefined
}

/**
 * What the runs of a suite say of one test, by attempt, of the longest finished beginning only: of runs in flight the
 * fast passes end before the slow failures. `missing` where a run says nothing of it; runs that were cancelled are none.
 */
export async function victimOutcomes({ results, tests }: Reader, query: VictimQuery): Promise<TestOutcome[]> {
  const { suite, sha, test, below } = query
  const runs = await results.outcomes({ suite, sha, ...(below === undefined ? {} : { below }) })
  const recorded = await tests.ofCommit({ suite, sha, below: runs.length })
  const tally = recorded === undefined ? undefined : tallyTests(recorded).find(({ id }) => id === test)
  const told = new Map<number, TestOutcome>()
  for (const [index, outcome] of (tally?.outcomes() ?? []).entries()) {
    const attempt = recorded?.runs[index]?.attempt
    if (attempt !== undefined) told.set(attempt, outcome)
  }
  return runs.flatMap(({ outcome }, attempt): TestOutcome[] =>
    outcome === 'cancelled' ? [] : [told.get(attempt) ?? 'missing'],
  )
}
