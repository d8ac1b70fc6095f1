import type { Outcome } from '../../../src/contract/index.ts'
import type { RunEvidence } from '../../../src/stats/run-evidence.ts'
import { judgeInSequence, type SequentialOptions } from '../../../src/stats/sequential-verdict.ts'
import { firstCrossing, sprtOf } from '../../../src/stats/sprt.ts'
import { stopPoint } from '../../../src/stats/stop-point.ts'
import { seededRandom } from '../../support/random.ts'
import { finishedPrefixes, type LaneRun, runsAsTheyEnd } from '../../support/slow-failures.ts'
import type { Figure, Scale } from '../figure.ts'

const SEED = 20_240_603
const SUITES = 3_000
const SLOWNESS = 300
const OPTIONS: SequentialOptions = { maxFlakeRate: 0.05, confidence: 0.95, cap: 1_000 }
/** In %: at a rate of .05 the exact error is 4.99, and so many simulated suites vary by 0.4. */
const GOAL = 6

/** Early stopping where failures take 300 times as long as passes, in a simulated lane that is judged after each run. */
export function slowFailures(scale: Scale): Figure[] {
  return [0.05, 0.1].flatMap((rate) => [8, 16].flatMap((parallelism) => figuresOf(rate, parallelism, scale(SUITES))))
}

function figuresOf(rate: number, parallelism: number, count: number): Figure[] {
  const random = seededRandom(SEED)
  const suites = Array.from({ length: count }, () => simulate(rate, parallelism, random))
  const name = `rate ${rate}, ${parallelism} at once:`
  const share = (happens: (suite: Suite) => boolean) => [(100 * suites.filter(happens).length) / count]
  return [
    { name: `${name} passing, wrongly`, unit: '%', samples: share(({ verdict }) => verdict === 'passing'), goal: GOAL },
    { name: `${name} wrong if read as runs end`, unit: '%', samples: share(({ asEnded }) => asEnded === 'passing') },
    { name: `${name} runs that count`, unit: 'runs', samples: suites.map(({ counted }) => counted) },
    { name: `${name} runs started by the stop`, unit: 'runs', samples: suites.map(({ started }) => started) },
  ]
}

interface Suite {
  verdict: string
  /** What the sequential test says of the results in the order in which they come in. */
  asEnded: string
  counted: number
  started: number
}

function simulate(rate: number, parallelism: number, random: () => number): Suite {
  const failed = Array.from({ length: OPTIONS.cap }, () => random() < rate)
  const ended = runsAsTheyEnd({ failed, parallelism, slowness: SLOWNESS })
  const runs = failed.map((fails): RunEvidence => (fails ? { outcome: 'timed_out', exitCode: null } : PASSED))
  const { counted, at } = stopOf(runs, ended)
  return {
    verdict: judgeInSequence(outcomesOf(runs.slice(0, counted)), OPTIONS).verdict,
    asEnded: firstCrossing(
      sprtOf(OPTIONS),
      ended.map(({ attempt }) => failed[attempt] ?? false),
    ).decision,
    counted,
    started: ended.filter(({ startedAt }) => startedAt < at).length,
  }
}

const PASSED: RunEvidence = { outcome: 'passed', exitCode: 0 }
const outcomesOf = (runs: RunEvidence[]): Outcome[] => runs.map(({ outcome }) => outcome)

/** When the lane is told to stop, and how many of its runs count then. */
function stopOf(runs: RunEvidence[], ended: LaneRun[]): { counted: number; at: number } {
  for (const { length, by } of finishedPrefixes(ended)) {
    const counted = stopPoint(runs.slice(0, length), OPTIONS)
    if (counted !== null) return { counted, at: by.endedAt }
  }
  throw new Error(`${runs.length} runs, and the lane did not stop at its cap`)
}
