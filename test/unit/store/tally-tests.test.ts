import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeIds, encodeIds } from '../../../src/store/tests/id-set.ts'
import { tallyTests } from '../../../src/store/tests/tally-tests.ts'
import { runResult, runTests, SHA, suiteSpec } from './samples.ts'
import { temporaryStore } from './temporary-store.ts'

const NAMES = ['a', 'b', 'c', 'd', 'e']
const FINGERPRINTS = ['000000000001', 'ffffffffffff']

const saying = fc.constantFrom('passed', 'failed', 'skipped', 'missing')
const run = fc.record({
  outcome: fc.constantFrom('passed', 'failed', 'timed_out', 'crashed', 'error', 'cancelled'),
  reports: fc.boolean(),
  says: fc.tuple(saying, saying, saying, saying, saying),
  fingerprint: fc.constantFrom(...FINGERPRINTS),
})
type Run = typeof run extends fc.Arbitrary<infer R> ? R : never

const testsOf = ({ says, fingerprint }: Run) => {
  const having = (...wanted: string[]) => NAMES.filter((_, at) => wanted.includes(says[at] ?? ''))
  const failed = having('failed').map((id) => ({ id, fingerprint, message: `of ${fingerprint}` }))
  return runTests(having('passed', 'failed'), { skipped: having('skipped'), failed })
}

test('what is counted of each test is what the runs said of it, whatever they said', async () => {
  const { store } = await temporaryStore()
  let suites = 0
  await fc.assert(
    fc.asyncProperty(fc.array(run, { maxLength: 12 }), async (runs) => {
      suites += 1
      const suite = `s-${suites}`
      await store.suites.create({ spec: suiteSpec(suite), requestDigest: 'digest', seeds: [1] })
      for (const [attempt, told] of runs.entries()) {
        const result = runResult({ suite, attempt, outcome: told.outcome })
        await store.results.record(result, told.reports ? testsOf(told) : undefined)
      }
      const counted = runs
        .map((told, attempt) => ({ ...told, attempt }))
        .filter(({ outcome }) => outcome !== 'error' && outcome !== 'cancelled')
      const said = (name: string) =>
        counted.map(({ reports, says }) => (reports ? says[NAMES.indexOf(name)] : 'missing'))
      const recorded = await store.tests.ofCommit({ suite, sha: SHA })
      const tallies = recorded === undefined ? [] : tallyTests(recorded)
      const named = NAMES.filter((name) => said(name).some((what) => what !== 'missing'))
      expect(tallies.map(({ id }) => id).toSorted()).toEqual(named)
      for (const tally of tallies) {
        const outcomes = said(tally.id)
        const failing = counted.filter((_, at) => outcomes[at] === 'failed')
        const times = (...what: string[]) => outcomes.filter((outcome) => what.includes(outcome ?? '')).length
        expect(tally.outcomes()).toEqual(outcomes)
        expect(tally).toMatchObject({
          ...{ runs: times('passed', 'failed'), failed: failing.length },
          ...{ missing: times('missing'), skipped: times('skipped') },
        })
        expect(tally.runs + tally.missing + tally.skipped).toBe(counted.length)
        const groups = FINGERPRINTS.flatMap((fingerprint) => {
          const alike = failing.filter((told) => told.fingerprint === fingerprint)
          const example = `${suite}.${SHA.slice(0, 12)}.${alike[0]?.attempt}`
          return alike.length === 0 ? [] : [{ fingerprint, message: `of ${fingerprint}`, runs: alike.length, example }]
        })
        expect(tally.failures).toHaveLength(groups.length)
        expect(tally.failures).toEqual(expect.arrayContaining(groups))
        expect(tally.failures.map((group) => group.runs)).toEqual(
          groups.map((group) => group.runs).toSorted((a, b) => b - a),
        )
      }
    }),
    { numRuns: 100, seed: 1 },
  )
})

test('any set of ids is read as it was written, neighbours in one byte each', () => {
  const ids = fc.uniqueArray(fc.integer({ min: 1, max: 2 ** 31 - 1 }))
  fc.assert(
    fc.property(ids, (drawn) => {
      const rising = drawn.toSorted((a, b) => a - b)
      expect(decodeIds(encodeIds(rising))).toEqual(rising)
    }),
  )
  expect(encodeIds(Array.from({ length: 200 }, (_, at) => 100 + at))).toHaveLength(200)
})
