import { halvesOf, type Ranges, sameSet, sizeOf, unionOf } from './ranges.ts'

/** Whether a set shows the effect; `unresolved` where that could not be found out. */
export type Answer = 'yes' | 'no' | 'unresolved'

/**
 * A part of the current set. Without it the effect was gone: so it was answered (`shown`), or an earlier answer implies it
 * (`inferred`), or it was answered once more at the end (`sure`).
 */
interface Chunk {
  set: Ranges
  need: 'open' | 'shown' | 'inferred' | 'sure' | 'unresolved'
  /** The same number for the two halves of a chunk that was needed. */
  pair: number
}

/**
 * Where a minimisation stands, small enough to be stored after each answer.
 *
 * | stage | asks |
 * |---|---|
 * | `singles` | a few sets of one that are likely to do |
 * | `reduce` | the current set without each of its chunks |
 * | `recheck` | the current set again, before it is searched for several parts that need each other |
 * | `check` | the current set without each of its members, once more |
 * | `done` | nothing: no member can be left out |
 * | `lost` | nothing: answers contradict each other too often |
 */
export interface Ddmin {
  stage: 'singles' | 'reduce' | 'recheck' | 'check' | 'done' | 'lost'
  singles: readonly number[]
  chunks: readonly Chunk[]
  /** The current set has shown the effect since it was last cut into more chunks. */
  sure: boolean
  /** Sets that showed the effect before the current one, the largest first. */
  trail: readonly Ranges[]
  /** How often an answer was taken back. */
  setbacks: number
  pairs: number
}

/** An oracle wrong in 1 of 20 answers needs one now and then; more than this, and it answers at random. */
const MOST_SETBACKS = 8
/** Times that not even all of them show the effect any more. */
const MOST_RESTARTS = 2

/**
 * Begins to look for a smallest subset of `tests` things that still shows an effect, known to be shown by all of them
 * and not by none: delta debugging (ddmin, Zeller & Hildebrandt 2002) for effects that a larger set rarely hides, which
 * lets it ask complements only (at granularity 2 they are the subsets), keep what was needed by a larger set as needed
 * by a smaller one, and ask several questions at once. One of n is found with 2 log₂ n questions at most, k of n with
 * about 2k log₂ n.
 *
 * Made for an oracle that is sometimes wrong. A wrong `no` keeps more than is needed: what is left of several is asked
 * for once more at the end. A wrong `yes` keeps a set that lacks the effect, which shows when neither of its halves has
 * it: then the set is asked for again, and given up for the one before it where it fails that.
 *
 * @param singles places to try by themselves first, each costs a question
 */
export function startDdmin(tests: number, singles: readonly number[]): Ddmin {
  const all: Ranges = [[0, tests]]
  const state = { singles, chunks: whole(all), sure: true, trail: [], setbacks: 0, pairs: 0 }
  return tests > 1 && singles.length > 0 ? { ...state, stage: 'singles' } : settle({ ...state, stage: 'reduce' })
}

/** The smallest set known to show the effect. */
export const smallestOf = ({ chunks }: Ddmin): Ranges => unionOf(chunks.map(({ set }) => set))

/** What can be asked now, the most useful first; any of it, in any order, also at the same time. */
export function openQuestions(state: Ddmin): Ranges[] {
  switch (state.stage) {
    case 'singles':
      return state.singles.map((place): Ranges => [[place, place + 1]])
    case 'reduce':
      return state.chunks.filter(({ need }) => need === 'open').map((chunk) => without(state, chunk))
    case 'recheck':
      return [smallestOf(state)]
    case 'check':
      return state.chunks.filter(isUnchecked).map((chunk) => without(state, chunk))
    case 'done':
    case 'lost':
      return []
  }
}

/** Takes the answer to a question; one that is not open any more changes nothing. */
export function takeAnswer(state: Ddmin, question: Ranges, answer: Answer): Ddmin {
  if (!openQuestions(state).some((open) => sameSet(open, question))) return state
  switch (state.stage) {
    case 'singles':
      return answer === 'yes' ? shrinkTo(state, whole(question)) : dropSingle(state, question)
    case 'reduce':
    case 'check':
      return answer === 'yes' ? shrinkBy(state, question) : keep(state, question, answer)
    case 'recheck':
      return answer === 'yes' ? settle({ ...state, stage: 'reduce', sure: true }) : takeBack(state)
    case 'done':
    case 'lost':
      return state
  }
}

/** The current set has turned out not to show the effect: goes on from the set before it. */
export function takeBack(state: Ddmin): Ddmin {
  const before = state.trail.at(-1) ?? smallestOf(state)
  const setbacks = state.setbacks + 1
  const most = state.trail.length === 0 ? MOST_RESTARTS : MOST_SETBACKS
  if (setbacks > most) return { ...state, stage: 'lost', setbacks }
  const trail = state.trail.slice(0, -1)
  return settle({ ...state, stage: 'reduce', chunks: whole(before), sure: true, trail, setbacks })
}

const isUnchecked = ({ need }: Chunk): boolean => need === 'shown' || need === 'inferred'

/** A set as one chunk: nothing shows the effect without all of it. */
const whole = (set: Ranges): Chunk[] => [{ set, need: 'shown', pair: 0 }]

function without({ chunks }: Ddmin, left: Chunk): Ranges {
  return unionOf(chunks.filter((chunk) => chunk !== left).map(({ set }) => set))
}

function dropSingle(state: Ddmin, question: Ranges): Ddmin {
  const singles = state.singles.filter((place) => place !== question[0]?.[0])
  return singles.length > 0 ? { ...state, singles } : settle({ ...state, stage: 'reduce', singles })
}

function shrinkTo(state: Ddmin, chunks: Chunk[]): Ddmin {
  const trail = [...state.trail, smallestOf(state)]
  return settle({ ...state, stage: 'reduce', singles: [], chunks, trail, sure: true })
}

/** Leaves a chunk out. Without its other half the effect is gone: that was known of both. */
function shrinkBy(state: Ddmin, question: Ranges): Ddmin {
  const gone = state.chunks.find((chunk) => sameSet(without(state, chunk), question))
  const chunks = state.chunks
    .filter((chunk) => chunk !== gone)
    .map((chunk): Chunk => {
      const isOther = chunk.need === 'open' && chunk.pair === gone?.pair
      return isOther ? { ...chunk, need: 'inferred' } : chunk
    })
  return shrinkTo(state, chunks)
}

function keep(state: Ddmin, question: Ranges, answer: 'no' | 'unresolved'): Ddmin {
  const shown = state.stage === 'check' ? 'sure' : 'shown'
  const need = answer === 'no' ? shown : 'unresolved'
  const chunks = state.chunks.map((chunk): Chunk => {
    return sameSet(without(state, chunk), question) ? { ...chunk, need } : chunk
  })
  return settle({ ...state, chunks })
}

/** Goes on to what is to be asked next once nothing is open. */
function settle(state: Ddmin): Ddmin {
  const { chunks, sure } = state
  if (chunks.some(({ need }) => need === 'open')) return state
  // One alone is needed: without it there is nothing.
  if (chunks.length === 1) return chunks.every(({ set }) => sizeOf(set) === 1) ? end(state) : split(state)
  if (!sure) return { ...state, stage: 'recheck' }
  if (chunks.some(({ set }) => sizeOf(set) > 1)) return split(state)
  return chunks.some(isUnchecked) ? { ...state, stage: 'check' } : end(state)
}

const end = (state: Ddmin): Ddmin => ({ ...state, stage: 'done' })

/** Halves every chunk of two or more. */
function split(state: Ddmin): Ddmin {
  let { pairs } = state
  const chunks = state.chunks.flatMap((chunk): Chunk[] => {
    if (sizeOf(chunk.set) === 1) return [chunk]
    pairs++
    return halvesOf(chunk.set).map((set) => ({ set, need: 'open', pair: pairs }))
  })
  return { ...state, stage: 'reduce', chunks, sure: false, pairs }
}
