import { describe, expect, it } from 'vitest'
import {
  beginIsolation,
  type LearntOrder,
  openWanted,
  takeVictimAnswer,
} from '../../../../src/stats/isolation/isolation.ts'
import { placesIn } from '../../../../src/stats/isolation/ranges.ts'
import { shuffleInGroups } from '../../../../src/stats/isolation/shuffle.ts'
import type { IsolationState, Question } from '../../../../src/stats/isolation/state.ts'
import { judgeVictim } from '../../../../src/stats/isolation/victim.ts'
import { seededRandom } from '../../../../src/stats/seeded-random.ts'
import type { TestOutcome } from '../../../../src/stats/test-verdicts.ts'

/** A suite of tests 0 … n−1 and a victim, at `victim` in the project's own order. */
interface World {
  tests: number
  victim: number
  /** Failure rate of the victim after these. */
  rate: (before: readonly number[]) => number
}

/** Orders as lists of tests before the victim; the state knows places in them only. */
class Simulation {
  readonly orders: { failing?: number[]; passing?: number[] } = {}
  readonly #random: () => number
  readonly #world: World
  runs = 0

  constructor(world: World, seed: number) {
    this.#world = world
    this.#random = seededRandom(seed)
  }

  #run(before: readonly number[]): TestOutcome {
    this.runs++
    return this.#random() < this.#world.rate(before) ? 'failed' : 'passed'
  }

  #inOrder({ company }: Question): number[] {
    const { tests, victim } = this.#world
    const all = Array.from({ length: tests }, (_, place) => place)
    switch (company.type) {
      case 'whole':
        return all.slice(0, victim)
      case 'shuffled': {
        const shuffled = shuffleInGroups([...all, -1], (test) => String(Math.floor(test / 5)), company.seed)
        return shuffled.slice(0, shuffled.indexOf(-1))
      }
      case 'before':
        return [...placesIn(company.tests)].map((place) => this.orders[company.order]?.[place] ?? -1)
    }
  }

  /** One question to its answer. */
  ask(state: IsolationState, question: Question): IsolationState {
    const before = this.#inOrder(question)
    const { number, rule } = question
    if (rule === null) {
      const answer = this.#run(before) === 'failed' ? 'fails' : 'passes'
      if (question.company.type === 'whole' || answer === 'fails') {
        this.orders[answer === 'fails' ? 'failing' : 'passing'] = before
      }
      const rate = { runs: 1, failures: answer === 'fails' ? 1 : 0 }
      return takeVictimAnswer(state, { number, answer, ...rate }, { before: before.length, singles: [] })
    }
    const outcomes: TestOutcome[] = []
    for (;;) {
      // As a suite does: it stops at the first run that suffices.
      const { answer, next: _, ...rate } = judgeVictim(outcomes, rule)
      if (answer !== null) return takeVictimAnswer(state, { number, answer, ...rate })
      outcomes.push(this.#run(before))
    }
  }

  isolate(begun: IsolationState, atOnce = 2): IsolationState {
    let state = begun
    while (state.stage !== 'ended') {
      state = openWanted(state, atOnce)
      const open = state.questions.filter((question) => question.open)
      const next = open[Math.floor(this.#random() * open.length)]
      if (next === undefined) throw new Error(`nothing to ask in ${state.stage}`)
      if (next.number > 2_000) throw new Error('it asks without end')
      state = this.ask(state, next)
    }
    return state
  }
}

const learnt = (tests: readonly number[]): LearntOrder => ({ before: tests.length, singles: [] })
const SETTINGS = { confidence: 0.95, minRate: 0.2 }

/** The order of a run on record in which the victim failed after tests 0 … before−1. */
function fromFailingRun(world: World, seed: number) {
  const simulation = new Simulation(world, seed)
  const order = Array.from({ length: world.victim }, (_, place) => place)
  simulation.orders.failing = order
  return { simulation, state: simulation.isolate(beginIsolation({ ...SETTINGS, failing: learnt(order) })) }
}

function namedTests({ result, ...state }: IsolationState, simulation: Simulation): number[] | undefined {
  if (result?.answer !== 'polluter' && result?.answer !== 'brittle') return undefined
  return result.members.map(({ place }) => simulation.orders[state.order]?.[place] ?? -1)
}

const TRIALS = 300

/** The share of trials that name exactly these tests, and the mean number of runs. */
function accuracy(worldOf: (seed: number) => World & { names: number[] }) {
  let right = 0
  let runs = 0
  for (let seed = 1; seed <= TRIALS; seed++) {
    const world = worldOf(seed)
    const { simulation, state } = fromFailingRun(world, seed)
    if (JSON.stringify(namedTests(state, simulation)) === JSON.stringify(world.names)) right++
    runs += simulation.runs
  }
  return { share: right / TRIALS, runs: runs / TRIALS }
}

const polluted =
  (polluters: readonly number[], rates: { after: number; else: number }) => (before: readonly number[]) =>
    polluters.every((polluter) => before.includes(polluter)) ? rates.after : rates.else

describe('an isolation', () => {
  it.each([
    { tests: 100, after: 1, else: 0 },
    { tests: 1_000, after: 0.7, else: 0 },
    { tests: 1_000, after: 0.7, else: 0.02 },
    { tests: 200, after: 0.5, else: 0.05 },
    { tests: 50, after: 0.3, else: 0.01 },
  ])('names the one polluter of $tests tests, at rate $after against $else, in at least 95 of 100', (at) => {
    const { share, runs } = accuracy((seed) => {
      const polluter = (seed * 7919) % at.tests
      return { tests: at.tests, victim: at.tests, rate: polluted([polluter], at), names: [polluter] }
    })
    expect(share).toBeGreaterThanOrEqual(0.95)
    expect(runs).toBeLessThan(1_000)
  })

  it.each([
    { chain: 2, after: 1, else: 0 },
    { chain: 2, after: 0.7, else: 0.02 },
    { chain: 3, after: 1, else: 0 },
  ])('names a chain of $chain that need each other, at rate $after against $else', (at) => {
    const { share } = accuracy((seed) => {
      const chain = Array.from({ length: at.chain }, (_, link) => (seed * 31 + link * 57) % 200).sort((a, b) => a - b)
      return { tests: 200, victim: 200, rate: polluted(chain, at), names: chain }
    })
    expect(share).toBeGreaterThanOrEqual(0.95)
  })

  it('says that a victim fails alone, and asks no more than that takes', () => {
    const world = { tests: 100, victim: 60, rate: () => 0.9 }
    const { state, simulation } = fromFailingRun(world, 1)
    expect(state.result).toMatchObject({ answer: 'fails-alone' })
    expect(simulation.runs).toBeLessThan(40)
  })

  it('says that a victim that passes in the order it failed in does not depend on it', () => {
    const { state } = fromFailingRun({ tests: 100, victim: 60, rate: () => 0 }, 1)
    expect(state.result).toMatchObject({ answer: 'not-order-dependent', shuffles: 0, alone: { failures: 0 } })
  })

  it('tells a victim that fails now and then by itself from one that needs nothing else to fail', () => {
    const rate = polluted([17], { after: 1, else: 0.08 })
    const { state, simulation } = fromFailingRun({ tests: 60, victim: 60, rate }, 3)
    expect(namedTests(state, simulation)).toEqual([17])
  })

  it('learns an order where none is on record, and finds a polluter that stands after the victim by shuffling', () => {
    const named = Array.from({ length: 40 }, (_, seed) => {
      const rate = polluted([80], { after: 0.9, else: 0 })
      const simulation = new Simulation({ tests: 100, victim: 20, rate }, seed)
      const state = simulation.isolate(beginIsolation(SETTINGS), 4)
      return { named: namedTests(state, simulation), answer: state.result?.answer, shuffles: state.shuffles }
    })
    expect(named.filter(({ named: tests }) => tests?.[0] === 80).length).toBeGreaterThanOrEqual(38)
    expect(Math.max(...named.map(({ shuffles }) => shuffles))).toBeLessThanOrEqual(20)
  })

  it('gives up on shuffling after 20 orders, and says so', () => {
    const simulation = new Simulation({ tests: 30, victim: 20, rate: () => 0 }, 5)
    const state = simulation.isolate(beginIsolation(SETTINGS))
    expect(state.result).toMatchObject({ answer: 'not-order-dependent', shuffles: 20 })
  })

  it('calls a test brittle that fails alone and passes after the one that sets it up', () => {
    const shares = Array.from({ length: 100 }, (_, seed) => {
      const rate = (before: readonly number[]) => (before.includes(41) ? 0.01 : 0.95)
      const simulation = new Simulation({ tests: 120, victim: 100, rate }, seed)
      const state = simulation.isolate(beginIsolation(SETTINGS))
      return state.result?.answer === 'brittle' && namedTests(state, simulation)?.join() === '41'
    })
    expect(shares.filter(Boolean).length).toBeGreaterThanOrEqual(95)
  })

  it('looks for the setter in a passing order where the known order is one that failed', () => {
    const rate = (before: readonly number[]) => (before.includes(41) ? 0 : 1)
    const simulation = new Simulation({ tests: 120, victim: 100, rate }, 1)
    simulation.orders.failing = [3, 4, 5]
    const state = simulation.isolate(beginIsolation({ ...SETTINGS, failing: learnt([3, 4, 5]) }))
    expect(state.result).toMatchObject({ answer: 'brittle', order: 'passing', members: [{ place: 41, needed: true }] })
  })

  it('confirms with fresh runs, alone and together, and counts those only', () => {
    const { state } = fromFailingRun({ tests: 64, victim: 64, rate: polluted([5], { after: 1, else: 0 }) }, 1)
    const fresh = state.questions.slice(-2)
    expect(state.result).toMatchObject({
      answer: 'polluter',
      together: { runs: 8, failures: 8 },
      alone: { failures: 0 },
    })
    expect(fresh.map(({ company }) => (company.type === 'before' ? company.tests : null)).toSorted()).toEqual(
      [[], [[5, 6]]].toSorted(),
    )
  })

  it('does not end on a polluter while chance alone makes the victim fail', () => {
    const answers = Array.from({ length: 200 }, (_, seed) => {
      const { state } = fromFailingRun({ tests: 40, victim: 40, rate: () => 0.1 }, seed)
      return state.result?.answer
    })
    expect(answers.filter((answer) => answer === 'polluter').length).toBeLessThanOrEqual(10)
  })

  it('gives the victim up that its runs never show', () => {
    const rule = { rate: 0.2, confidence: 0.95, least: 0 }
    expect(
      judgeVictim(
        Array.from({ length: 5 }, () => 'missing' as const),
        rule,
      ),
    ).toMatchObject({ answer: 'undecided' })
  })
})
