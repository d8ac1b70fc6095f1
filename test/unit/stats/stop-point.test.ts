import { describe, expect, it } from 'vitest'
import type { Outcome } from '../../../src/contract/index.ts'
import type { RunEvidence } from '../../../src/stats/run-evidence.ts'
import { stopPoint } from '../../../src/stats/stop-point.ts'
import { stopsHere } from '../../../src/stats/stopping.ts'
import type { TestOutcome } from '../../../src/stats/test-verdicts.ts'
import { seededRandom } from '../../support/random.ts'

const OPTIONS = { maxFlakeRate: 0.05, confidence: 0.95, cap: 1000 }

const exitCodes: Partial<Record<Outcome, number>> = { passed: 0, failed: 1 }
const runs = (...outcomes: Outcome[]): RunEvidence[] =>
  outcomes.map((outcome) => ({ outcome, exitCode: exitCodes[outcome] ?? null }))
const many = (outcome: Outcome, times: number): Outcome[] => Array.from({ length: times }, () => outcome)

describe('stopPoint', () => {
  it('is where the likelihood ratio first reaches a boundary', () => {
    // ln(.05/.95) / ln(.95/.99) = 71.4
    expect(stopPoint(runs(...many('passed', 71)), OPTIONS)).toBe(null)
    expect(stopPoint(runs(...many('passed', 100)), OPTIONS)).toBe(72)
    expect(stopPoint(runs('passed', 'failed', 'failed', 'failed'), OPTIONS)).toBe(3)
    expect(stopPoint(runs('passed', 'timed_out', 'crashed'), OPTIONS)).toBe(3)
  })

  it('waits for a pass, or for proof that there is hardly any, where every run failed', () => {
    expect(stopPoint(runs('failed', 'failed', 'failed'), OPTIONS)).toBe(null)
    expect(stopPoint(runs('failed', 'failed', 'failed', 'passed', 'passed'), OPTIONS)).toBe(4)
    expect(stopPoint(runs(...many('failed', 100)), OPTIONS)).toBe(24)
  })

  it('is moved neither by errors nor by runs that were cancelled', () => {
    const outcomes: Outcome[] = ['error', 'passed', 'cancelled', 'failed', 'error', 'failed', 'passed']
    expect(stopPoint(runs(...outcomes), OPTIONS)).toBe(6)
  })

  it('is the cap where nothing is decided by then; a cancelled run is not counted against it', () => {
    expect(stopPoint(runs(...many('passed', 30)), { ...OPTIONS, cap: 20 })).toBe(20)
    expect(stopPoint(runs('cancelled', ...many('passed', 30)), { ...OPTIONS, cap: 20 })).toBe(21)
    expect(stopPoint(runs('error', ...many('passed', 30)), { ...OPTIONS, cap: 20 })).toBe(20)
  })

  it('comes soon where the command is never found, and not where it was found once', () => {
    const notFound: RunEvidence = { outcome: 'failed', exitCode: 127 }
    expect(stopPoint([...runs('error'), ...Array(9).fill(notFound)], OPTIONS)).toBe(6)
    expect(stopPoint(Array(4).fill(notFound), OPTIONS)).toBe(null)
    expect(stopPoint([...Array(4).fill(notFound), ...runs('failed'), ...Array(5).fill(notFound)], OPTIONS)).toBe(null)
  })

  it('comes soon where infrastructure ends every run, and not after one that gave a result', () => {
    expect(stopPoint(runs(...many('error', 20)), OPTIONS)).toBe(10)
    expect(stopPoint(runs('cancelled', ...many('error', 20)), OPTIONS)).toBe(11)
    expect(stopPoint(runs('passed', ...many('error', 20)), OPTIONS)).toBe(null)
  })
})

/** What each of some tests did in a run; a test with nothing was skipped or is missing. */
interface Row {
  outcome: Outcome
  tests: TestOutcome[]
}

/** Runs whose tests fail independently, some of them late, skipped or missing now and then. */
function randomRows(random: () => number, rates: readonly number[], count: number): Row[] {
  return Array.from({ length: count }, (_, at) => {
    const tests = rates.map((rate, test): TestOutcome => {
      if (test === 3 && at < 20) return 'missing'
      const chance = random()
      if (chance < 0.02) return 'skipped'
      if (chance < 0.04) return 'missing'
      return random() < rate ? 'failed' : 'passed'
    })
    const outcome = random() < 0.03 ? 'error' : tests.includes('failed') ? 'failed' : 'passed'
    return { outcome, tests: outcome === 'error' ? tests.map((): TestOutcome => 'missing') : tests }
  })
}

/** As the store hands them out: equal sets are one array. */
function evidenceOf(rows: readonly Row[]): RunEvidence[] {
  const sets = new Map<string, number[]>()
  const setOf = (row: Row, wanted: TestOutcome[]): number[] => {
    const ids = row.tests.flatMap((outcome, test) => (wanted.includes(outcome) ? [test] : []))
    const known = sets.get(`${wanted}/${ids}`) ?? ids
    sets.set(`${wanted}/${ids}`, known)
    return known
  }
  return rows.map((row) => ({
    outcome: row.outcome,
    exitCode: null,
    tests:
      row.outcome === 'error'
        ? undefined
        : {
            ran: setOf(row, ['passed', 'failed']),
            skipped: setOf(row, ['skipped']),
            failed: new Map(setOf(row, ['failed']).map((test) => [test, null])),
          },
  }))
}

/** By the rule itself, asked after every run. */
function stopByRule(rows: readonly Row[], options: typeof OPTIONS): number | null {
  for (let length = 1; length <= rows.length; length++) {
    const prefix = rows.slice(0, length)
    const counted = prefix.filter(({ outcome }) => outcome !== 'error')
    const width = rows[0]?.tests.length ?? 0
    const tests = Array.from({ length: width }, (_, test) => counted.map((row) => row.tests[test] ?? 'missing'))
    const seen = tests.filter((outcomes) => outcomes.some((outcome) => outcome !== 'missing'))
    const outcomes = prefix.map(({ outcome }) => outcome)
    if (stopsHere(outcomes, seen, options)) return length
  }
  return null
}

describe('stopPoint with reports of tests', () => {
  it('is where the commit and each test that has failed are decided', () => {
    const tests = [0, 1, 2, 3]
    const failing = (test: number): RunEvidence => ({
      ...{ outcome: 'failed', exitCode: 1 },
      tests: { ran: tests, skipped: [], failed: new Map([[test, null]]) },
    })
    // Two tests each fail twice in five runs: the commit is flaky after 3, the tests need ln(4/.05)/ln 5 = 3 failures.
    const passing: RunEvidence = {
      outcome: 'passed',
      exitCode: 0,
      tests: { ran: tests, skipped: [], failed: new Map() },
    }
    const evidence = [passing, failing(0), failing(1), failing(0), failing(1), failing(0), failing(1), passing]
    expect(stopPoint(evidence, OPTIONS)).toBe(7)
    expect(stopPoint(evidence.slice(0, 6), OPTIONS)).toBe(null)
    expect(
      stopPoint(
        evidence.map(({ tests: _, ...run }) => run),
        OPTIONS,
      ),
    ).toBe(3)
  })

  it('agrees with the rule, asked anew after every run', () => {
    const random = seededRandom(20261130)
    const found: (number | null)[] = []
    for (let trial = 0; trial < 60; trial++) {
      const scale = [0.02, 0.1, 0.4][trial % 3] ?? 0.1
      const rates = [scale, scale / 4, 0.001, scale, 0]
      const rows = randomRows(random, rates, 150)
      const options = { ...OPTIONS, maxFlakeRate: trial % 2 === 0 ? 0.05 : 0.2, cap: 140 }
      const at = stopPoint(evidenceOf(rows), options)
      expect(at).toBe(stopByRule(rows, options))
      found.push(at)
    }
    expect(new Set(found).size).toBeGreaterThan(20)
  })
})
