import { conclude, isDecided } from './conclusion.ts'
import { FailingTests } from './failing-tests.ts'
import type { RunEvidence } from './run-evidence.ts'
import type { SequentialOptions } from './sequential-verdict.ts'
import { pathBefore, type SprtPath, sprtOf, stepSprt } from './sprt.ts'
import { neverRan } from './verdict.ts'

/** So many runs of which the shell found the command in none: a thousand would show the same. */
const RUNS_WITHOUT_COMMAND = 5
/** So many that only infrastructure ended, each after its tries. */
const RUNS_ONLY_ERRORS = 10

/**
 * After how many of its runs a commit stops under `--until verdict`; null where they do not suffice. That is the
 * smallest number after which the commit is decided and so is every test that has failed by then, or there is nothing to
 * be learnt from more: the command was found in none of five runs, ten runs ended in `error` and none otherwise, or the
 * cap is reached. It depends on the runs in attempt order alone, not on when they ended or were looked at.
 *
 * @param runs in attempt order, the longest finished prefix
 */
export function stopPoint(runs: readonly RunEvidence[], options: SequentialOptions): number | null {
  const sprt = sprtOf(options)
  const path = pathBefore()
  const tests = new FailingTests(options)
  const futility = new Futility()
  let made = 0
  for (const [index, run] of runs.entries()) {
    if (run.outcome === 'cancelled') continue
    made++
    if (run.outcome !== 'error') stepSprt(sprt, path, run.outcome !== 'passed')
    if (run.tests !== undefined) tests.add(run.tests)
    futility.add(run)
    if (made >= options.cap || futility.isProven(path) || isAnswered(path, tests, options)) return index + 1
  }
  return null
}

const isAnswered = (path: SprtPath, tests: FailingTests, { confidence }: SequentialOptions): boolean =>
  isDecided(conclude(path, confidence)) && tests.allDecided

/** Whether runs say anything at all. */
class Futility {
  #errors = 0
  #commandFound = false

  add({ outcome, exitCode }: RunEvidence): void {
    if (outcome === 'error') this.#errors++
    else this.#commandFound ||= outcome === 'passed' || !neverRan([{ exitCode, runs: 1 }])
  }

  isProven({ runs }: SprtPath): boolean {
    if (runs === 0) return this.#errors >= RUNS_ONLY_ERRORS
    return !this.#commandFound && runs >= RUNS_WITHOUT_COMMAND
  }
}
