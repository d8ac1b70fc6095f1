import { createProjectLookup } from '../commit-project.ts'
import type { ActivityDeps } from '../deps.ts'
import type { SweepActivities } from './api.ts'
import { concludeSweep } from './conclude-sweep.ts'
import { endSweep } from './end-sweep.ts'
import { planSweep } from './plan-sweep.ts'

/** What the workflow `Sweep` calls, bound to what it works with. */
export function createSweepActivities(deps: ActivityDeps): SweepActivities {
  const project = createProjectLookup(deps)
  return {
    planSweep: (input) => planSweep(deps, project, input),
    concludeSweep: (input) => concludeSweep(deps, input),
    endSweep: (input) => endSweep(deps, input),
  }
}
