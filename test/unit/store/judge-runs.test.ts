import { expect, test } from 'vitest'
import type { Outcome, SuiteSpec } from '../../../src/contract/index.ts'
import { alwaysValid } from '../../../src/stats/always-valid.ts'
import { clopperPearson } from '../../../src/stats/interval.ts'
import { findStop, judgeRuns } from '../../../src/store/judge-runs.ts'
import { readReport } from '../../../src/store/report.ts'
import type { Store } from '../../../src/store/store.ts'
import { runResult, SHA, suiteCommit, suiteSpec } from './samples.ts'
import { temporaryStore } from './temporary-store.ts'

const UNTIL: Partial<SuiteSpec> = { until: 'verdict', runs: 1000 }

async function suiteWith(fields: Partial<SuiteSpec> = {}): Promise<Store> {
  const { store } = await temporaryStore()
  const spec = suiteSpec('s-1', fields)
  await store.suites.create({
    spec,
    requestDigest: 'digest',
    seeds: Array.from({ length: spec.runs }, (_, index) => index + 1),
  })
  await store.suites.putCommits('s-1', [suiteCommit(0, SHA)])
  return store
}

const exitCodes: Partial<Record<Outcome, number>> = { passed: 0, failed: 1 }

/** Records runs by attempt; undefined for one that has not ended. */
async function record(store: Store, outcomes: readonly (Outcome | undefined)[], generation = 0): Promise<void> {
  for (const [attempt, outcome] of outcomes.entries()) {
    if (outcome === undefined) continue
    const exitCode = exitCodes[outcome] ?? null
    await store.results.record(runResult({ attempt, outcome, exitCode, generation, seed: attempt + 1 }))
  }
}

async function judgeNow(store: Store, ended: boolean) {
  const suite = await store.suites.get('s-1')
  if (suite === undefined) throw new Error('no suite')
  return await judgeRuns(store, suite, SHA, { ended })
}

const many = (outcome: Outcome, times: number): Outcome[] => Array.from({ length: times }, () => outcome)

test('of a suite that is under way the longest finished prefix counts, with an always-valid interval', async () => {
  const store = await suiteWith()
  await record(store, ['failed', 'passed', 'passed', undefined, ...many('passed', 6)])
  const report = await readReport(store, 's-1', { results: true })
  expect(report.commits[0]).toMatchObject({ verdict: 'flaky', runs: 3, passed: 2, failed: 1, evidence: 3 })
  expect(report.commits[0]?.failureRate).toBeCloseTo(1 / 3, 12)
  expect(report.commits[0]?.interval).toEqual(alwaysValid(1, 3))
  // What happened is told all the same.
  expect(report.commits[0]?.results).toHaveLength(9)
})

test('a suite whose first run is not over yet has no rate, however many others are', async () => {
  const store = await suiteWith()
  await record(store, [undefined, ...many('passed', 6)])
  const report = await readReport(store, 's-1', { results: false })
  expect(report.commits[0]).toMatchObject({ runs: 0, failureRate: null, interval: null, evidence: 0 })
})

test('with the number of runs fixed in advance and all of them ended the interval is that of Clopper and Pearson', async () => {
  const store = await suiteWith()
  await record(store, ['failed', ...many('passed', 8), 'error'])
  const verdict = await judgeNow(store, true)
  expect(verdict.interval).toEqual(clopperPearson(1, 9))
  expect(verdict).not.toHaveProperty('evidence')
})

test('runs that were added make the interval always-valid; errors that were repeated do not', async () => {
  const store = await suiteWith()
  await record(store, ['failed', ...many('passed', 8), 'error'])
  await store.suites.extend('s-1', { number: 1, requestDigest: 'errors', seeds: [], errors: true })
  await store.results.record(runResult({ attempt: 9, generation: 1 }))
  expect((await judgeNow(store, true)).interval).toEqual(clopperPearson(1, 10))
  await store.suites.extend('s-1', { number: 2, requestDigest: 'more', seeds: [101], errors: false })
  await store.results.record(runResult({ attempt: 10 }))
  expect((await judgeNow(store, true)).interval).toEqual(alwaysValid(1, 11))
})

test('after an early stop only the evidence is counted and told, whatever ended beyond it', async () => {
  const store = await suiteWith(UNTIL)
  // The boundary of flaky is reached by the second failure among 8 runs.
  await record(store, ['passed', 'failed', 'timed_out', 'passed', 'failed', undefined, 'passed'])
  const verdict = await judgeNow(store, true)
  expect(verdict).toMatchObject({ verdict: 'flaky', stoppedEarly: true, evidence: 3 })
  await store.suites.putVerdict('s-1', SHA, 0, verdict)
  const report = await readReport(store, 's-1', { results: true })
  expect(report.commits[0]).toMatchObject({ runs: 3, passed: 1, failed: 1, timedOut: 1, evidence: 3 })
  expect(report.commits[0]?.interval).toEqual(alwaysValid(2, 3))
  expect(report.commits[0]?.results?.map(({ attempt }) => attempt)).toEqual([0, 1, 2])
})

test('a repeated run counts as what its newest generation came to', async () => {
  const store = await suiteWith(UNTIL)
  await record(store, ['passed', 'error', 'failed', 'passed'])
  expect(await judgeNow(store, false)).toMatchObject({ verdict: 'inconclusive', reason: 'undecided', evidence: 4 })
  await record(store, [undefined, 'failed'], 1)
  expect(await judgeNow(store, false)).toMatchObject({ verdict: 'flaky', evidence: 3, stoppedEarly: true })
})

test('the largest flake rate, the confidence and the cap are those of the suite', async () => {
  const lax = await suiteWith({ ...UNTIL, maxFlakeRate: 0.5, confidence: 0.8 })
  await record(lax, many('passed', 10))
  // ln(.2/.8) / ln(.5/.9) = 2.4
  expect(await judgeNow(lax, true)).toMatchObject({ verdict: 'passing', evidence: 3, interval: { level: 0.8 } })
  const capped = await suiteWith({ ...UNTIL, runs: 10 })
  await record(capped, many('passed', 10))
  const verdict = await judgeNow(capped, true)
  expect(verdict).toMatchObject({ verdict: 'inconclusive', reason: 'undecided_at_cap', evidence: 10 })
  expect(verdict.stoppedEarly).toBe(false)
})

test('a command that no run found ends the commit at once, and errors do after some', async () => {
  const notFound = await suiteWith(UNTIL)
  for (let attempt = 0; attempt < 8; attempt++) {
    await notFound.results.record(runResult({ attempt, outcome: 'failed', exitCode: 127 }))
  }
  const verdict = await judgeNow(notFound, true)
  expect(verdict).toMatchObject({ verdict: 'inconclusive', reason: 'command_not_found', evidence: 5 })
  expect(verdict.stoppedEarly).toBe(true)
  const errors = await suiteWith(UNTIL)
  await record(errors, many('error', 12))
  expect(await judgeNow(errors, true)).toMatchObject({ reason: 'only_errors', evidence: 10, stoppedEarly: true })
})

test('where to stop is looked for below a bound only', async () => {
  const store = await suiteWith(UNTIL)
  await record(store, ['passed', 'failed', 'failed'])
  const suite = await store.suites.get('s-1')
  if (suite === undefined) throw new Error('no suite')
  expect(await findStop(store, suite, SHA, 2)).toBe(null)
  expect(await findStop(store, suite, SHA, 3)).toBe(3)
  expect(await findStop(store, suite, SHA)).toBe(3)
})

test('of runs up to a cap only those that have begun are closed', async () => {
  const store = await suiteWith(UNTIL)
  await record(store, ['passed', undefined, 'passed'])
  const run = { sha: SHA, run: `s-1.${SHA.slice(0, 12)}.1`, attempt: 1, seed: 2, try: 1, node: 'host' }
  await store.events.append({ suite: 's-1', type: 'run.started', subject: run.run, ordinal: 1, data: run })
  const missing = { suite: 's-1', sha: SHA, outcome: 'cancelled', reason: 'cancelled', node: 'host' } as const
  expect(await store.results.closeMissing({ ...missing, begun: true })).toEqual({ closed: 1, more: false })
  expect(await store.results.tally('s-1', SHA)).toMatchObject({ passed: 2, cancelled: 1 })
  expect((await store.results.closeMissing(missing)).closed).toBe(500)
})

test('runs beyond a page are read in their order, up to a bound', async () => {
  const store = await suiteWith({ ...UNTIL, runs: 11_000 })
  await record(store, ['passed'])
  const missing = { suite: 's-1', sha: SHA, outcome: 'error', reason: 'run_lost', node: 'host' } as const
  for (let more = true; more; ) ({ more } = await store.results.closeMissing(missing))
  const runs = await store.results.outcomes({ suite: 's-1', sha: SHA })
  expect(runs).toHaveLength(11_000)
  expect(runs.slice(0, 2).map(({ outcome }) => outcome)).toEqual(['passed', 'error'])
  expect(await store.results.outcomes({ suite: 's-1', sha: SHA, below: 10_001 })).toHaveLength(10_001)
})
