import { openQuestions, smallestOf } from './ddmin.ts'
import { allBefore, type Company, type IsolationState, type OrderName } from './state.ts'
import type { VictimRule } from './victim.ts'

/** Random orders tried before a test that passes alone and in the project's own order is called independent of it. */
export const MOST_SHUFFLES = 20
/** Runs with a result at least where a rate is estimated: after all tests, and at the end. */
const RUNS_FOR_A_RATE = 6
const RUNS_TO_CONFIRM = 8

export interface Wanted {
  company: Company
  rule: VictimRule | null
}

/** What can be asked now, the most useful first. */
export function wantedOf(state: IsolationState): Wanted[] {
  switch (state.stage) {
    case 'learn':
      return [{ company: { type: 'whole' }, rule: null }]
    case 'baseline':
      return baseline(state)
    case 'setter':
      return state.orders.passing === undefined
        ? [{ company: { type: 'whole' }, rule: null }]
        : [{ company: after(state, 'passing'), rule: ruleOf(state, RUNS_FOR_A_RATE) }]
    case 'shuffle':
      return shuffles(state)
    case 'reduce':
      return (state.ddmin === null ? [] : openQuestions(state.ddmin)).map((tests) => ({
        company: { type: 'before', order: state.order, tests },
        rule: ruleOf(state, 0),
      }))
    case 'confirm':
      return confirmation(state)
    case 'ended':
      return []
  }
}

const alone = ({ order }: IsolationState): Company => ({ type: 'before', order, tests: [] })
const after = (state: IsolationState, order: OrderName): Company => ({
  type: 'before',
  order,
  tests: allBefore(state, order),
})
const ruleOf = ({ rate, confidence }: IsolationState, least: number): VictimRule => ({ rate, confidence, least })

function baseline(state: IsolationState): Wanted[] {
  const rule = ruleOf(state, RUNS_FOR_A_RATE)
  return [
    ...(state.alone === null ? [{ company: alone(state), rule }] : []),
    ...(state.full === null && allBefore(state, state.order).length > 0
      ? [{ company: after(state, state.order), rule }]
      : []),
  ]
}

/** One run of each order: another order tells more than another run. */
function shuffles({ shuffles: tried, questions }: IsolationState): Wanted[] {
  const asked = new Set(
    questions.flatMap(({ company, answer }) => (company.type === 'shuffled' && answer !== null ? [company.seed] : [])),
  )
  return Array.from({ length: MOST_SHUFFLES }, (_, index) => index + 1)
    .filter((seed) => !asked.has(seed))
    .slice(0, MOST_SHUFFLES - tried)
    .map((seed) => ({ company: { type: 'shuffled', seed }, rule: null }))
}

/**
 * Fresh runs, since the set was chosen for what its earlier ones showed; each of the two claims at half of α, so that
 * the answer is wrong with probability ≤ α.
 */
function confirmation(state: IsolationState): Wanted[] {
  const rule = { ...ruleOf(state, RUNS_TO_CONFIRM), confidence: 1 - (1 - state.confidence) / 2 }
  const found = state.ddmin === null ? [] : smallestOf(state.ddmin)
  return [
    ...(state.full === null ? [{ company: { type: 'before' as const, order: state.order, tests: found }, rule }] : []),
    ...(state.alone === null ? [{ company: alone(state), rule }] : []),
  ]
}
