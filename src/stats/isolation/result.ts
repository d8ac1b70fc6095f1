import { type Ddmin, smallestOf } from './ddmin.ts'
import { placesIn, type Ranges } from './ranges.ts'
import {
  allBefore,
  type IsolationResult,
  type IsolationState,
  type Member,
  type OrderName,
  type Question,
  type Rate,
  type Shortfall,
  sameCompany,
} from './state.ts'

/** The newest answer for a company of the current order, or of the one that is named. */
export function lastAnswer(state: IsolationState, tests: Ranges, order = state.order): Question | undefined {
  const company = { type: 'before', order, tests } as const
  return state.questions.findLast((question) => question.answer !== null && sameCompany(question.company, company))
}

const rateOf = (question: Question | undefined): Rate => ({
  runs: question?.runs ?? 0,
  failures: question?.failures ?? 0,
})

/** After all tests of an order; null where that was not asked, or there are none. */
function afterAll(state: IsolationState, order: OrderName): Rate | null {
  const all = allBefore(state, order)
  const question = all.length === 0 ? undefined : lastAnswer(state, all, order)
  return question === undefined ? null : rateOf(question)
}

export function failsAlone(state: IsolationState): IsolationState {
  const together = afterAll(state, 'passing') ?? afterAll(state, 'failing')
  return end(state, { answer: 'fails-alone', alone: rateOf(lastAnswer(state, [])), together })
}

export function independent(state: IsolationState): IsolationState {
  const rates = { alone: rateOf(lastAnswer(state, [])), together: afterAll(state, state.order) }
  return end(state, { answer: 'not-order-dependent', ...rates, shuffles: state.shuffles })
}

/** The tests that are left, each of which is needed. */
export function found(state: IsolationState, ddmin: Ddmin): IsolationState {
  const members = ddmin.chunks.flatMap(({ set, need }): Member[] =>
    [...placesIn(set)].map((place) => ({ place, needed: need !== 'unresolved' })),
  )
  return end(state, {
    answer: state.effect === 'fails' ? 'polluter' : 'brittle',
    order: state.order,
    members: members.toSorted((a, b) => a.place - b.place),
    alone: state.confirmed.alone,
    together: state.confirmed.together,
  })
}

export function lacking(state: IsolationState, reason: Shortfall): IsolationState {
  const { ddmin, order } = state
  const smallest = ddmin === null ? null : { order, tests: smallestOf(ddmin) }
  return end(state, { answer: 'not-enough-evidence', reason, smallest })
}

const end = (state: IsolationState, result: IsolationResult): IsolationState => ({ ...state, stage: 'ended', result })
