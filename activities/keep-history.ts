import type { ActivityDeps } from './deps.ts'

type Deps = Pick<ActivityDeps, 'store'> & { log: Pick<ActivityDeps['log'], 'activities'> }

/** An end is not to be kept waiting: a worker counts the rest. */
const WITHIN_MS = 5_000
const SUITES_AT_ONCE = 100

/** Counts a judged commit in the history of tests. Its verdict is on record whatever becomes of this. */
export async function foldCommit(deps: Deps, { suite, sha }: { suite: string; sha: string }): Promise<void> {
  await orLater(deps, suite, () => deps.store.history.fold(suite, sha))
}

/** Counts what is left of a suite that has ended. */
export async function foldSuite(deps: Deps, suite: string): Promise<void> {
  await orLater(deps, suite, () => deps.store.history.foldSuite(suite, AbortSignal.timeout(WITHIN_MS)))
}

/** Counts all that ended and was not counted then: before there was a history, or while the store was away. */
export async function foldUnfolded(deps: Deps, signal: AbortSignal): Promise<void> {
  await orLater(deps, 'any', () => foldAll(deps, signal))
}

async function foldAll(deps: Deps, signal: AbortSignal): Promise<void> {
  const failed = new Set<string>()
  while (!signal.aborted) {
    const suites = await deps.store.history.unfolded(SUITES_AT_ONCE + failed.size)
    const left = suites.filter((suite) => !failed.has(suite))
    if (left.length === 0) return
    for (const suite of left) {
      if (signal.aborted) return
      if (!(await orLater(deps, suite, () => deps.store.history.foldSuite(suite, signal)))) failed.add(suite)
    }
  }
}

async function orLater({ log }: Deps, suite: string, work: () => Promise<void>): Promise<boolean> {
  try {
    await work()
    return true
  } catch (error) {
    log.activities.warn({ suite, err: error }, 'not in the history of tests yet')
    return false
  }
}
