import type { SuiteOwner } from '../store.ts'
import { NOBODY } from './fold.ts'

/** Whose rows count, and in which of their columns. */
export interface Scope {
  /** Undefined for those of everyone. */
  owners: string[] | undefined
  runs: 'runs' | 'all_runs'
  failed: 'failed' | 'all_failed'
  failures: 'failures' | 'all_failures'
  commits: 'commits' | 'all_commits'
  flaky: 'flaky' | 'all_flaky'
}

export function scopeOf(owner: SuiteOwner | undefined): Scope {
  if (owner === undefined) {
    const columns = { runs: 'all_runs', failed: 'all_failed', failures: 'all_failures' } as const
    return { owners: undefined, ...columns, commits: 'all_commits', flaky: 'all_flaky' }
  }
  const owners = owner.orNobodys ? [owner.key, NOBODY] : [owner.key]
  return { owners, runs: 'runs', failed: 'failed', failures: 'failures', commits: 'commits', flaky: 'flaky' }
}
