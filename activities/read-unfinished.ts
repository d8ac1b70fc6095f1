import type { Activities } from './api.ts'
import type { ActivityDeps } from './deps.ts'

/** A slice of the runs of a commit that an extension has to make besides those it added. */
export const readUnfinished =
  (deps: ActivityDeps): Activities['readUnfinished'] =>
  async (query) => {
    const runs = await deps.store.results.unfinished(query)
    return runs.map(({ attempt, generation }) => [attempt, generation])
  }
