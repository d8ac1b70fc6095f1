import type { PartOf } from '../../src/contract/index.ts'
import { judgeVictim } from '../../src/stats/isolation/victim.ts'
import type { Store } from '../../src/store/store.ts'
import { findBegun } from './isolation-lookup.ts'
import { outcomesOf } from './question-evidence.ts'
import { victimOutcomes } from './victim-outcomes.ts'

/**
 * After how many of its runs a suite of a question stops: its victim alone decides, whatever the other tests do; null
 * where the runs below a bound do not suffice.
 */
export async function stopOfQuestion(
  store: Pick<Store, 'isolations' | 'results' | 'tests'>,
  { id, round }: PartOf,
  runs: { suite: string; sha: string; below: number },
): Promise<number | null> {
  const isolation = await findBegun(store, id)
  const question = isolation.state.questions.find(({ number }) => number === round)
  if (question === undefined || question.rule === null) return null
  const earlier = await outcomesOf(store, isolation, { number: round, parts: question.parts - 1 })
  const own = await victimOutcomes(store, { ...runs, test: isolation.spec.test })
  for (let made = 1; made <= own.length; made++) {
    if (judgeVictim([...earlier, ...own.slice(0, made)], question.rule).answer !== null) return made
  }
  return null
}
