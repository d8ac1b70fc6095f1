import { CommitSuiteError, isOpen } from '../contract/index.ts'
import type { EnvironmentState } from '../executors/environment-access.ts'
import type { RecordReader } from './store.ts'

/** Throws `environment_conflict` where an open suite works in the environment; `field` named it. */
export async function assertUnused(
  store: Pick<RecordReader, 'suites'>,
  { namespace, owner, suites }: Pick<EnvironmentState, 'namespace' | 'owner' | 'suites'>,
  field: string,
): Promise<void> {
  for (const id of owner.kind === 'lane' ? [owner.suite] : suites) {
    const stored = await store.suites.get(id)
    if (stored === undefined || !isOpen(stored.status)) continue
    const remedy = `Cancel it first: commit-suite cancel ${id}`
    const said = `The environment ${namespace} is in use: suite ${id} is ${stored.status}. ${remedy}`
    throw new CommitSuiteError('environment_conflict', said, { field, value: namespace, remedy })
  }
}
