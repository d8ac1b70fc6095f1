import { invalidInput, type SuiteRequest } from '../../src/contract/index.ts'
import { drawSeeds } from '../../src/stats/seeds.ts'
import type { Store } from '../../src/store/store.ts'
import { findBegun } from './isolation-lookup.ts'
import { testsBefore } from './question-order.ts'
import { runsOf } from './suite-of-isolation.ts'

/**
 * The request of a suite that makes runs of a question, filled by what is on record of that: its command may name
 * thousands of tests, which histories have no room for. Any other request is returned as it is.
 */
export async function filledRequest(store: Pick<Store, 'isolations'>, request: SuiteRequest): Promise<SuiteRequest> {
  const { kind, id, round } = request?.partOf ?? {}
  if (kind !== 'isolation' || id === undefined) return request
  const isolation = await findBegun(store, id)
  const { spec, launch, state } = isolation
  const question = state.questions.find(({ number }) => number === round)
  if (question === undefined) throw invalidInput('partOf.round', round, `the isolation ${id} has no such question`)
  const before = await testsBefore(store, isolation, question.company)
  const words = [...(before ?? []).map(([, name]) => name), launch.victim]
  const { seedsFrom, partRuns, rule } = question
  return {
    ...runsOf(spec),
    ...request,
    commits: [launch.sha],
    command: before === undefined ? launch.whole : { argv: [...launch.argv, ...words] },
    env: launch.env,
    seeds: drawSeeds(spec.seed, seedsFrom + partRuns).slice(seedsFrom),
    ...(rule === null ? {} : { until: 'verdict', maxFlakeRate: rule.rate, confidence: rule.confidence }),
  }
}
