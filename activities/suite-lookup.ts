import { CommitSuiteError, invalidInput } from '../src/contract/index.ts'
import type { Store, StoredSuite } from '../src/store/store.ts'

/** A suite that a workflow works for; it is on record, or the workflow would not have come this far. */
export async function findSuite(store: Store, id: string): Promise<StoredSuite> {
  const suite = await store.suites.get(id)
  if (suite !== undefined) return suite
  throw suiteNotOnRecord(id)
}

export const suiteNotOnRecord = (id: string): CommitSuiteError =>
  invalidInput('suite', id, 'is not on record', 'See `commit-suite list`.', 'suite_not_found')

/** The seed of a run by its attempt. */
export async function findSeed(store: Store, suite: string, attempt: number): Promise<number> {
  const [seed] = await store.suites.seeds(suite, attempt, attempt + 1)
  if (seed === undefined) throw runNotFound(suite, attempt)
  return seed
}

export const runNotFound = (suite: string, attempt: number): CommitSuiteError =>
  new CommitSuiteError('run_not_found', `Suite ${suite} has no run ${attempt}.`)
