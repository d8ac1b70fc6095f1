import { createProjectLookup } from '../commit-project.ts'
import type { ActivityDeps } from '../deps.ts'
import { admitSearch } from './admit-search.ts'
import type { SearchActivities } from './api.ts'
import { decideRound } from './decide-round.ts'
import { endSearch } from './end-search.ts'
import { resolveRange } from './resolve-range.ts'

/** What the workflow `CulpritSearch` calls, bound to what it works with. */
export function createSearchActivities(deps: ActivityDeps): SearchActivities {
  const project = createProjectLookup(deps)
  return {
    admitSearch: (input) => admitSearch(deps, input),
    resolveRange: ({ search }) => resolveRange(deps, project, search),
    decideRound: (input) => decideRound(deps, input),
    endSearch: (input) => endSearch(deps, input),
  }
}
