import { type Answer, takeAnswer } from './ddmin.ts'
import type { Ranges } from './ranges.ts'
import { lacking } from './result.ts'
import { settle, UNCONFIRMED } from './settle.ts'
import { type IsolationState, type OrderName, type Question, type Rate, sameCompany } from './state.ts'
import type { VictimAnswer } from './victim.ts'
import { wantedOf } from './wanted.ts'

/** An order of tests, as far as a question of subsets needs it. */
export interface LearntOrder {
  /** Tests before the victim. */
  before: number
  /** Places of those to be tried by themselves first. */
  singles: readonly number[]
}

interface Beginning {
  confidence: number
  /** The lowest failure rate that counts. */
  minRate: number
  failing?: LearntOrder | undefined
  passing?: LearntOrder | undefined
}

/** Begins with the orders on record, none of which has to be known. */
export function beginIsolation({ confidence, minRate, failing, passing }: Beginning): IsolationState {
  return {
    stage: failing === undefined && passing === undefined ? 'learn' : 'baseline',
    confidence,
    rate: minRate,
    orders: {
      ...(failing === undefined ? {} : { failing: { ...failing, shuffled: false } }),
      ...(passing === undefined ? {} : { passing: { ...passing, shuffled: false } }),
    },
    order: failing === undefined ? 'passing' : 'failing',
    alone: null,
    full: null,
    effect: 'fails',
    ddmin: null,
    confirmed: UNCONFIRMED,
    shuffles: 0,
    questions: [],
    result: null,
  }
}

/**
 * Opens questions until `atOnce` are open, and closes those that no longer matter. The same state is returned where
 * there is nothing to change.
 */
export function openWanted(state: IsolationState, atOnce: number): IsolationState {
  const wanted = wantedOf(state)
  const kept = state.questions.map((question) => {
    const matters = wanted.some(({ company }) => sameCompany(company, question.company))
    return question.open && !matters ? { ...question, open: false } : question
  })
  const open = kept.filter((question) => question.open)
  const fresh = wanted.filter(({ company }) => !open.some((question) => sameCompany(question.company, company)))
  const added = fresh.slice(0, Math.max(0, atOnce - open.length)).map(
    (asked, index): Question => ({
      ...asked,
      number: kept.length + index + 1,
      ...{ open: true, parts: 0, partRuns: 0, seedsFrom: 0, runs: 0, failures: 0, answer: null },
    }),
  )
  return { ...state, questions: [...kept, ...added] }
}

/** Takes the answer to an open question and goes on. `learnt` is the order that a question told, where it did. */
export function takeVictimAnswer(
  state: IsolationState,
  { number, answer, runs, failures }: { number: number; answer: VictimAnswer } & Rate,
  learnt?: LearntOrder,
): IsolationState {
  const question = state.questions.find((asked) => asked.number === number && asked.open)
  if (question === undefined) return state
  const answered = { ...question, open: false, runs, failures, answer }
  const known = { ...state, questions: state.questions.map((asked) => (asked === question ? answered : asked)) }
  const { company } = question
  if (company.type !== 'before') return settle(withOrder(known, company.type === 'shuffled', answer, learnt))
  if (state.stage === 'reduce') return settle(reduced(known, company.tests, answer))
  return settle(company.tests.length === 0 ? { ...known, alone: answer } : { ...known, full: answer })
}

/** Ends for want of runs or time, by what is known. */
export const outOfBudget = (state: IsolationState): IsolationState =>
  state.stage === 'ended' ? state : lacking(state, 'budget')

function withOrder(
  state: IsolationState,
  shuffled: boolean,
  answer: VictimAnswer,
  learnt: LearntOrder | undefined,
): IsolationState {
  const tried = shuffled ? { ...state, shuffles: state.shuffles + 1 } : state
  // A passing order at random tells nothing that the project's own does not.
  if (learnt === undefined || answer === 'undecided' || (shuffled && answer === 'passes')) return tried
  const name: OrderName = answer === 'fails' ? 'failing' : 'passing'
  return { ...tried, orders: { ...tried.orders, [name]: { ...learnt, shuffled } }, order: name, full: null }
}

function reduced(state: IsolationState, tests: Ranges, answer: VictimAnswer): IsolationState {
  if (state.ddmin === null) return state
  const told: Answer = answer === 'undecided' ? 'unresolved' : answer === state.effect ? 'yes' : 'no'
  return { ...state, ddmin: takeAnswer(state.ddmin, tests, told) }
}
