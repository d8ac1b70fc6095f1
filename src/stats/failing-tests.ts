import { conclude, isDecided } from './conclusion.ts'
import type { TestsOfRun } from './run-evidence.ts'
import { logLikelihoodRatio, type Sprt, type SprtOptions, type SprtPath, sprtOf } from './sprt.ts'
import { testSprtOf } from './test-sprt.ts'

/** How far the likelihood ratio of a test went; the boundary of `flaky` moves away as more tests turn up. */
interface FailingTest {
  runs: number
  failures: number
  highest: number
  lowest: number
}

/**
 * The tests of a commit that have failed, run by run in attempt order. Only these need proof, so that a run costs as
 * much as tests have failed, however many there are.
 */
export class FailingTests {
  readonly #options: SprtOptions
  /** Of one test; with more of them only the boundaries differ. */
  readonly #sprt: Sprt
  readonly #seen = new Set<number>()
  /** How many runs ran each set of tests, with the set for look-ups. */
  readonly #ranSets = new Map<readonly number[], { tests: ReadonlySet<number>; runs: number }>()
  readonly #knownSkipped = new Set<readonly number[]>()
  readonly #failing = new Map<number, FailingTest>()

  constructor(options: SprtOptions) {
    this.#options = options
    this.#sprt = sprtOf(options)
  }

  add({ ran, skipped, failed }: TestsOfRun): void {
    this.#see(ran, skipped)
    for (const test of failed.keys()) if (!this.#failing.has(test)) this.#failing.set(test, this.#neverFailed(test))
    const set = this.#ranSets.get(ran)
    for (const [test, state] of this.#failing) {
      if (set?.tests.has(test) === true) this.#step(state, failed.has(test))
    }
    if (set !== undefined) set.runs++
  }

  /** Whether each of them has an answer of its own, α shared by all tests seen so far. */
  get allDecided(): boolean {
    if (this.#failing.size === 0) return true
    const { boundaries } = testSprtOf({ ...this.#options, tests: Math.max(1, this.#seen.size) })
    return [...this.#failing.values()].every(({ runs, failures, highest, lowest }) => {
      const flakyAt = highest >= boundaries.flaky ? runs : null
      const path: SprtPath = { runs, failures, flakyAt, passingAt: lowest <= boundaries.passing ? runs : null }
      return isDecided(conclude(path, this.#options.confidence))
    })
  }

  #see(ran: readonly number[], skipped: readonly number[]): void {
    if (!this.#ranSets.has(ran)) {
      this.#ranSets.set(ran, { tests: new Set(ran), runs: 0 })
      for (const test of ran) this.#seen.add(test)
    }
    if (this.#knownSkipped.has(skipped)) return
    this.#knownSkipped.add(skipped)
    for (const test of skipped) this.#seen.add(test)
  }

  /** A test before its first failure: the ratio has only fallen. */
  #neverFailed(test: number): FailingTest {
    let runs = 0
    for (const set of this.#ranSets.values()) if (set.tests.has(test)) runs += set.runs
    return { runs, failures: 0, highest: 0, lowest: logLikelihoodRatio(this.#sprt, 0, runs) }
  }

  #step(state: FailingTest, failed: boolean): void {
    state.runs++
    if (failed) state.failures++
    const ratio = logLikelihoodRatio(this.#sprt, state.failures, state.runs)
    state.highest = Math.max(state.highest, ratio)
    state.lowest = Math.min(state.lowest, ratio)
  }
}
