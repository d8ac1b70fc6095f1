import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Answer,
  type Ddmin,
  openQuestions,
  smallestOf,
  startDdmin,
  takeAnswer,
  takeBack,
} from '../../../../src/stats/isolation/ddmin.ts'
import { placesIn, type Ranges } from '../../../../src/stats/isolation/ranges.ts'
import { seededRandom } from '../../../../src/stats/seeded-random.ts'

type Oracle = (set: readonly number[]) => Answer

/** Shows the effect wherever one of some combinations is whole. */
const anyOf =
  (...combinations: number[][]): Oracle =>
  (set) =>
    combinations.some((members) => members.every((member) => set.includes(member))) ? 'yes' : 'no'

/** Asks one question at a time, the most useful first, until nothing is left to ask. */
function minimise(start: Ddmin, oracle: Oracle): { state: Ddmin; asked: Ranges[] } {
  const asked: Ranges[] = []
  let state = start
  for (let [question] = openQuestions(state); question !== undefined; [question] = openQuestions(state)) {
    asked.push(question)
    if (asked.length > 5_000) throw new Error('it asks without end')
    state = takeAnswer(state, question, oracle([...placesIn(question)]))
  }
  return { state, asked }
}

const found = (state: Ddmin): number[] => [...placesIn(smallestOf(state))]

describe('ddmin', () => {
  it('finds one of n with at most 2 log2 n questions', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20_000 }).chain((n) => fc.tuple(fc.constant(n), fc.nat(n - 1))),
        ([n, polluter]) => {
          const { state, asked } = minimise(startDdmin(n, []), anyOf([polluter]))
          expect(state.stage).toBe('done')
          expect(found(state)).toEqual([polluter])
          expect(asked.length).toBeLessThanOrEqual(2 * Math.ceil(Math.log2(n)))
        },
      ),
    )
  })

  it('finds parts that need each other, none of which can be left out', () => {
    const cases = fc
      .integer({ min: 4, max: 300 })
      .chain((n) => fc.tuple(fc.constant(n), fc.uniqueArray(fc.nat(n - 1), { minLength: 2, maxLength: 4 })))
    fc.assert(
      fc.property(cases, ([n, chain]) => {
        const { state, asked } = minimise(startDdmin(n, []), anyOf(chain))
        expect(state.stage).toBe('done')
        expect(found(state)).toEqual(chain.toSorted((a, b) => a - b))
        expect(asked.length).toBeLessThanOrEqual(4 * chain.length * (Math.ceil(Math.log2(n)) + 1))
      }),
    )
  })

  it('is content with one of several that would do', () => {
    const { state } = minimise(startDdmin(100, []), anyOf([3], [70, 71]))
    expect([[3], [70, 71]]).toContainEqual(found(state))
  })

  it('gets along with a test that hides the effect in some subsets', () => {
    // 20 undoes what 10 did; 60 does it again.
    const oracle: Oracle = (set) => (set.includes(60) || (set.includes(10) && !set.includes(20)) ? 'yes' : 'no')
    const { state } = minimise(startDdmin(100, []), oracle)
    expect(state.stage).toBe('done')
    expect(found(state)).toHaveLength(1)
    expect([10, 60]).toContain(found(state)[0])
  })

  it('tries the likely ones by themselves first, and goes on without them', () => {
    const lucky = minimise(startDdmin(1_000, [999, 998, 997]), anyOf([998]))
    expect(found(lucky.state)).toEqual([998])
    expect(lucky.asked).toHaveLength(2)
    const unlucky = minimise(startDdmin(1_000, [999, 998, 997]), anyOf([4]))
    expect(found(unlucky.state)).toEqual([4])
    expect(unlucky.asked.slice(0, 3)).toEqual([[[999, 1_000]], [[998, 999]], [[997, 998]]])
  })

  it('takes answers in any order, and none that is not asked for any more', () => {
    const start = startDdmin(64, [])
    const [left = [], right = []] = openQuestions(start)
    const reduced = takeAnswer(start, right, 'yes')
    expect(takeAnswer(reduced, left, 'yes')).toBe(reduced)
    fc.assert(
      fc.property(fc.integer(), fc.nat(63), (seed, polluter) => {
        const random = seededRandom(seed)
        let state = start
        for (let open = openQuestions(state); open.length > 0; open = openQuestions(state)) {
          const question = open[Math.floor(random() * open.length)] ?? []
          state = takeAnswer(state, question, anyOf([polluter])([...placesIn(question)]))
        }
        expect(found(state)).toEqual([polluter])
      }),
    )
  })

  it('keeps a part whose need could not be found out', () => {
    const oracle: Oracle = (set) =>
      set.includes(5) ? (set.includes(2) || set.length > 2 ? 'yes' : 'unresolved') : 'no'
    const { state } = minimise(startDdmin(8, []), oracle)
    expect(state.stage).toBe('done')
    expect(found(state)).toContain(5)
  })

  it('leaves out at the end what one wrong no made it keep', () => {
    for (let wrong = 0; wrong < 20; wrong++) {
      let asked = 0
      const oracle: Oracle = (set) => (asked++ === wrong ? 'no' : anyOf([37])(set))
      const { state } = minimise(startDdmin(200, []), oracle)
      expect([wrong, state.stage, found(state)]).toEqual([wrong, 'done', [37]])
    }
  })

  it('goes back to the set before one that a wrong yes let it take', () => {
    for (let wrong = 0; wrong < 12; wrong++) {
      let asked = 0
      const oracle: Oracle = (set) => (asked++ === wrong ? 'yes' : anyOf([150])(set))
      let { state } = minimise(startDdmin(200, []), oracle)
      // A last set of one is what the caller confirms.
      if (found(state)[0] !== 150) ({ state } = minimise(takeBack(state), oracle))
      expect([wrong, state.stage, found(state)]).toEqual([wrong, 'done', [150]])
    }
  })

  it('gives up an effect that shows no more', () => {
    const { state, asked } = minimise(startDdmin(100, []), () => 'no')
    expect(state.stage).toBe('lost')
    expect(asked).toHaveLength(9)
  })

  it('ends with an oracle that answers at random', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const random = seededRandom(seed)
        const { state } = minimise(startDdmin(30, []), () => (random() < 0.5 ? 'yes' : 'no'))
        expect(['done', 'lost']).toContain(state.stage)
      }),
    )
  })

  it('is small however many tests there are', () => {
    let state = startDdmin(20_000, [])
    let largest = 0
    for (let [question] = openQuestions(state); question !== undefined; [question] = openQuestions(state)) {
      state = takeAnswer(state, question, anyOf([7, 19_000])([...placesIn(question)]))
      largest = Math.max(largest, JSON.stringify(state).length)
    }
    expect(found(state)).toEqual([7, 19_000])
    expect(largest).toBeLessThan(10_000)
  })
})
