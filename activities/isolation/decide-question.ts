import { isOpen, type NewIsolationEvent, partSuiteId } from '../../src/contract/index.ts'
import { smallestOf } from '../../src/stats/isolation/ddmin.ts'
import { openWanted, outOfBudget, takeVictimAnswer } from '../../src/stats/isolation/isolation.ts'
import { sizeOf } from '../../src/stats/isolation/ranges.ts'
import type { IsolationState, OrderName, Question } from '../../src/stats/isolation/state.ts'
import { judgeVictim } from '../../src/stats/isolation/victim.ts'
import { describeQuestion } from '../../src/store/isolations/describe-question.ts'
import type { IsolationDecision } from '../../workflows/isolation-api.ts'
import type { ActivityDeps } from '../deps.ts'
import type { DecideQuestion } from './api.ts'
import { findExample } from './find-example.ts'
import { decisionOf } from './isolation-decision.ts'
import { type BegunIsolation, findBegun } from './isolation-lookup.ts'
import { readEvidence } from './question-evidence.ts'

/** Suites at once: with more, each would have too few slots to be worth its preparation. */
const MOST_AT_ONCE = 4

/**
 * Takes what the suites that have ended show, and says what to run now, or the answer. Repeated, it changes nothing and
 * says the same; of two calls at once the second looks at what the first has stored.
 */
export async function decideQuestion(
  { store }: Pick<ActivityDeps, 'store'>,
  { isolation, late }: DecideQuestion,
): Promise<IsolationDecision> {
  for (;;) {
    const begun = await findBegun(store, isolation)
    if (begun.state.stage === 'ended' || !isOpen(begun.status)) return decisionOf(begun, begun.state)
    const step = await takeEvidence(store, begun)
    const planned = await withoutDropped(store, begun, late ? ended(step) : plan(begun, step))
    const { state, runs, learnt, answered } = planned
    const decided = await store.isolations.decide(isolation, {
      ...{ version: begun.version, state, runs, learnt },
      example: state.result === null ? null : await findExample(store, begun, state),
      events: await eventsOf(store, begun, { answered, state, runs }),
    })
    if (decided) return decisionOf(begun, state)
  }
}

interface Step {
  state: IsolationState
  /** Made so far. */
  runs: number
  /** The last part, by question, whose runs are among them. */
  counted: Map<number, number>
  learnt: Partial<Record<OrderName, number>>
  answered: Question[]
}

/** Every open question in turn, the oldest first. */
async function takeEvidence(store: ActivityDeps['store'], begun: BegunIsolation): Promise<Step> {
  const step: Step = { state: begun.state, runs: begun.runs, counted: new Map(), learnt: {}, answered: [] }
  for (const question of begun.state.questions.filter(({ open, parts }) => open && parts > 0)) {
    const isStillOpen = step.state.questions.some(({ number, open }) => number === question.number && open)
    const evidence = isStillOpen ? await readEvidence(store, begun, question) : null
    if (evidence === null) continue
    const { answer, runs, failures, next, made, learnt } = evidence
    step.runs += made
    step.counted.set(question.number, question.parts)
    if (answer === null) {
      step.state = withPart(step.state, question.number, Math.min(next, runsLeft(begun, step)))
      continue
    }
    const before = step.state
    step.state = takeVictimAnswer(before, { number: question.number, answer, runs, failures }, learnt)
    for (const name of ['failing', 'passing'] as const) {
      if (step.state.orders[name] !== before.orders[name]) step.learnt[name] = question.number
    }
    const taken = step.state.questions.find(({ number }) => number === question.number)
    if (taken !== undefined) step.answered.push(taken)
  }
  return step
}

/**
 * Within the budget, those of suites that are under way kept for them; also of those that are cancelled now, whose runs
 * are yet to be counted.
 */
function runsLeft({ spec, state: before }: BegunIsolation, { state, runs, counted }: Step): number {
  const dropped = before.questions.filter(({ number, open }) => open && !state.questions.some(isOpenAs(number)))
  const pending = [...state.questions.filter(({ open }) => open), ...dropped]
  const underWay = pending.filter(({ number, parts }) => parts > 0 && counted.get(number) !== parts)
  return spec.maxRuns - runs - underWay.reduce((sum, { partRuns }) => sum + partRuns, 0)
}

const isOpenAs = (wanted: number) => (question: Question) => question.number === wanted && question.open

/**
 * Gives an open question another suite, with seeds that no suite had before; closes it where not a run is left for it.
 */
function withPart(state: IsolationState, number: number, runs: number): IsolationState {
  if (runs < 1) {
    const closed = state.questions.map((asked) => (asked.number === number ? { ...asked, open: false } : asked))
    return { ...state, questions: closed }
  }
  const seedsFrom = state.questions.reduce((most, asked) => Math.max(most, asked.seedsFrom + asked.partRuns), 0)
  const questions = state.questions.map((asked) =>
    asked.number === number ? { ...asked, parts: asked.parts + 1, partRuns: runs, seedsFrom } : asked,
  )
  return { ...state, questions }
}

/** Opens what is wanted now, as far as the budget of runs goes; ends where it does not go any further. */
function plan(begun: BegunIsolation, step: Step): Step {
  const atOnce = Math.max(1, Math.min(MOST_AT_ONCE, begun.spec.parallelism))
  const planned: Step = { ...step, state: openWanted(step.state, atOnce) }
  for (const { number, rule } of planned.state.questions.filter(({ open, parts }) => open && parts === 0)) {
    const wanted = rule === null ? 1 : judgeVictim([], rule).next
    planned.state = withPart(planned.state, number, Math.min(wanted, runsLeft(begun, planned)))
  }
  const goesOn = planned.state.stage === 'ended' || planned.state.questions.some(({ open }) => open)
  return goesOn ? planned : ended(planned)
}

const ended = (step: Step): Step => ({ ...step, state: outOfBudget(step.state) })

/** Counts runs of questions that matter no more: their suites are cancelled, but they have cost what they have cost. */
async function withoutDropped(store: ActivityDeps['store'], begun: BegunIsolation, step: Step): Promise<Step> {
  const { id, launch, state: before } = begun
  let { runs } = step
  for (const { number, parts, open } of before.questions) {
    const now = step.state.questions.find((asked) => asked.number === number)
    if (!open || parts === 0 || step.counted.get(number) === parts) continue
    if (now?.open === true || now?.answer !== null) continue
    const { cancelled: _, ...made } = await store.results.tally(partSuiteId(id, number, parts), launch.sha)
    runs += Object.values(made).reduce((sum, count) => sum + count, 0)
  }
  return { ...step, runs }
}

async function eventsOf(
  { isolations }: ActivityDeps['store'],
  { id }: BegunIsolation,
  { answered, state, runs }: Pick<Step, 'answered' | 'state' | 'runs'>,
): Promise<NewIsolationEvent[]> {
  const left = state.ddmin === null ? null : sizeOf(smallestOf(state.ddmin))
  const events: NewIsolationEvent[] = []
  for (const question of answered) {
    const { company, number } = question
    const order = company.type === 'before' ? await isolations.order(id, company.order) : undefined
    const data = { ...describeQuestion(question, order), left, totalRuns: runs }
    events.push({ isolation: id, type: 'isolation.question', ordinal: number, data })
  }
  return events
}
