import { formatRunId, partSuiteId } from '../../src/contract/index.ts'
import type { IsolationState, Question } from '../../src/stats/isolation/state.ts'
import type { Store } from '../../src/store/store.ts'
import { tallyTests } from '../../src/store/tests/tally-tests.ts'
import type { BegunIsolation } from './isolation-lookup.ts'

/** A run of the last question whose answer was that the test fails: of a polluted one after its polluter. */
export async function findExample(
  { tests }: Pick<Store, 'tests'>,
  { id, spec, launch }: BegunIsolation,
  { questions }: IsolationState,
): Promise<string | null> {
  const question = questions.findLast(({ answer, rule }) => answer === 'fails' && rule !== null)
  return question === undefined ? null : await failingRun(tests, { id, launch, test: spec.test }, question)
}

async function failingRun(
  tests: Store['tests'],
  { id, launch: { sha }, test }: Pick<BegunIsolation, 'id' | 'launch'> & { test: string },
  { number, parts }: Question,
): Promise<string | null> {
  for (let part = 1; part <= parts; part++) {
    const recorded = await tests.ofCommit({ suite: partSuiteId(id, number, part), sha })
    const tally = recorded === undefined ? undefined : tallyTests(recorded).find((one) => one.id === test)
    const failed = tally?.outcomes().indexOf('failed') ?? -1
    const run = failed === -1 ? undefined : recorded?.runs[failed]
    if (run !== undefined && recorded !== undefined) return formatRunId({ ...run, suite: recorded.suite, sha })
  }
  return null
}
