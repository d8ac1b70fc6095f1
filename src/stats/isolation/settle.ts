import { logChange } from '../culprit/ends.ts'
import { smallestOf, startDdmin, takeBack } from './ddmin.ts'
import type { Ranges } from './ranges.ts'
import { failsAlone, found, independent, lacking, lastAnswer } from './result.ts'
import { allBefore, type IsolationState, type Question, type Rate } from './state.ts'
import type { VictimAnswer } from './victim.ts'
import { MOST_SHUFFLES } from './wanted.ts'

/** p1 at most: with p0 = p1/5 six passes in a row are then a pass at 95 %, and two failures a failure. */
const HIGHEST_RATE = 0.5
/** Runs of the whole suite that may pass without a result of the victim. */
const MOST_UNSEEN = 3

/** Times that a set is confirmed until the difference it makes cannot be chance. */
const MOST_CONFIRMATIONS = 6
const NO_RUNS: Rate = { runs: 0, failures: 0 }
export const UNCONFIRMED: IsolationState['confirmed'] = { rounds: 0, alone: NO_RUNS, together: NO_RUNS }

/** Goes on to the stage that the answers so far lead to. */
export function settle(state: IsolationState): IsolationState {
  switch (state.stage) {
    case 'learn':
      return settleLearning(state)
    case 'baseline':
      return settleBaseline(state)
    case 'setter':
      return settleSetter(state)
    case 'shuffle':
      return settleShuffles(state)
    case 'reduce':
      return settleReduction(state)
    case 'confirm':
      return settleConfirmation(state)
    case 'ended':
      return state
  }
}

function settleLearning(state: IsolationState): IsolationState {
  const { failing, passing } = state.orders
  if (failing !== undefined || passing !== undefined) return { ...state, stage: 'baseline' }
  return unseen(state) >= MOST_UNSEEN ? lacking(state, 'victim_not_seen') : state
}

const answersOfWhole = ({ questions }: IsolationState) =>
  questions.flatMap(({ company, answer }) => (company.type === 'whole' && answer !== null ? [answer] : []))

const unseen = (state: IsolationState): number =>
  answersOfWhole(state).filter((answer) => answer === 'undecided').length

function settleBaseline(state: IsolationState): IsolationState {
  const { alone, order } = state
  // With nothing before it, it is alone in that order.
  const full = allBefore(state, order).length === 0 ? alone : state.full
  if (alone === null || full === null) return state
  if (full === 'fails') return settleFailing(state, alone)
  if (full === 'undecided') return lacking(state, 'order_undecided')
  if (alone === 'fails') return reduce(state, 'passes')
  if (alone === 'undecided') return lacking(state, 'alone_undecided')
  const isOurs = order === 'passing' || state.orders.failing?.shuffled === true
  if (!isOurs || state.shuffles >= MOST_SHUFFLES) return independent(state)
  return { ...state, stage: 'shuffle', order: 'passing', full: null }
}

/** It fails after the others. One that fails alone too is held against the rate that it has after them. */
function settleFailing(state: IsolationState, alone: VictimAnswer): IsolationState {
  if (alone === 'passes') return reduce(state, 'fails')
  const rate = rateAfter(state, lastAnswer(state, allBefore(state, state.order)))
  if (rate > state.rate && isMuchRarer(state)) return { ...state, rate, alone: null }
  if (alone === 'undecided') return lacking(state, 'alone_undecided')
  return state.order === 'failing' ? settle({ ...state, stage: 'setter', full: null }) : failsAlone(state)
}

/** Whether it seems to fail by itself at less than three quarters of the rate that it has after the others. */
function isMuchRarer(state: IsolationState): boolean {
  const shareOf = ({ runs = 0, failures = 0 }: Partial<Rate> = {}) => (runs === 0 ? 0 : failures / runs)
  const [alone, full] = [[], allBefore(state, state.order)].map((tests) => shareOf(lastAnswer(state, tests)))
  return (alone ?? 0) < 0.75 * (full ?? 0)
}

/** It fails alone: does it need something before it, or is it broken? */
function settleSetter(state: IsolationState): IsolationState {
  const { passing } = state.orders
  if (passing === undefined) {
    const isBroken = answersOfWhole(state).includes('fails') || unseen(state) >= MOST_UNSEEN
    return isBroken ? failsAlone(state) : state
  }
  if (passing.before === 0) return failsAlone(state)
  const inOrder: IsolationState = { ...state, order: 'passing' }
  if (state.full === null) return inOrder
  return state.full === 'passes' ? reduce(inOrder, 'passes') : failsAlone(inOrder)
}

function settleShuffles(state: IsolationState): IsolationState {
  if (state.order === 'failing') return { ...state, stage: 'baseline' }
  return state.shuffles >= MOST_SHUFFLES ? independent(state) : state
}

function reduce(state: IsolationState, effect: 'fails' | 'passes'): IsolationState {
  const known = state.orders[state.order]
  if (known === undefined || known.before === 0) return lacking(state, 'contradictions')
  // Of the company in which it fails: all of the tests, or none.
  const failing = lastAnswer(state, effect === 'fails' ? allBefore(state, state.order) : [])
  const ddmin = startDdmin(known.before, known.singles)
  const rate = rateAfter(state, failing)
  return settle({ ...state, stage: 'reduce', effect, rate, ddmin, confirmed: UNCONFIRMED })
}

function settleReduction(state: IsolationState): IsolationState {
  if (state.ddmin?.stage === 'lost') return lacking(state, 'contradictions')
  return state.ddmin?.stage === 'done' ? { ...state, stage: 'confirm', alone: null, full: null } : state
}

function settleConfirmation(state: IsolationState): IsolationState {
  const { alone, full, effect, ddmin } = state
  if (ddmin === null || full === null) return state
  if (full !== effect) {
    return settle({ ...state, stage: 'reduce', ddmin: takeBack(ddmin), confirmed: UNCONFIRMED })
  }
  if (alone === null) return state
  if (alone === effect) return lacking(state, 'alone_undecided')
  const confirmed = confirmedAgain(state, smallestOf(ddmin))
  // The same rate in both would reach this with probability ≤ α, however often it is looked at.
  const differs = logChange(confirmed.alone, confirmed.together) >= -Math.log(1 - state.confidence)
  if (differs) return found({ ...state, confirmed }, ddmin)
  return confirmed.rounds < MOST_CONFIRMATIONS
    ? { ...state, confirmed, alone: null, full: null }
    : lacking(state, 'rates_alike')
}

function confirmedAgain(state: IsolationState, tests: Ranges): IsolationState['confirmed'] {
  const { rounds, ...before } = state.confirmed
  return {
    rounds: rounds + 1,
    alone: sum(before.alone, lastAnswer(state, [])),
    together: sum(before.together, lastAnswer(state, tests)),
  }
}

const sum = (one: Rate, other: Rate = NO_RUNS): Rate => ({
  runs: one.runs + other.runs,
  failures: one.failures + other.failures,
})

/** Half of the rate seen, so that a set that shows less of it still counts; the lowest that counts at least. */
function rateAfter({ rate }: IsolationState, question: Question | undefined): number {
  if (question === undefined || question.runs === 0) return rate
  return Math.max(rate, Math.min(HIGHEST_RATE, question.failures / question.runs / 2))
}
