import { createProjectLookup } from '../commit-project.ts'
import type { ActivityDeps } from '../deps.ts'
import { admitIsolation } from './admit-isolation.ts'
import type { IsolationActivities } from './api.ts'
import { decideQuestion } from './decide-question.ts'
import { endIsolation } from './end-isolation.ts'
import { learnOrder } from './learn-order.ts'
import { resolveIsolation } from './resolve-isolation.ts'
import { whileBeating } from './while-beating.ts'

/** What the workflow `TestIsolation` calls, bound to what it works with. */
export function createIsolationActivities(deps: ActivityDeps): IsolationActivities {
  const project = createProjectLookup(deps)
  return {
    admitIsolation: (input) => admitIsolation(deps, input),
    resolveIsolation: ({ isolation }) => whileBeating(() => resolveIsolation(deps, project, isolation)),
    learnOrder: (input) => whileBeating(() => learnOrder(deps, project, input)),
    decideQuestion: (input) => decideQuestion(deps, input),
    endIsolation: (input) => endIsolation(deps, input),
  }
}
