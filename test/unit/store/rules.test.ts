import { describe, expect, it } from 'vitest'
import { findStop, judgeRuns } from '../../../src/store/judge-runs.ts'
import { readReport } from '../../../src/store/report.ts'
import { runResult, runTests, SHA, suiteCommit, suiteSpec } from './samples.ts'
import { storeWithSuite, temporaryStore } from './temporary-store.ts'

const RULES = { severityThresholds: { critical: 0.9, high: 0.5, medium: 0.1, low: 0.2 }, ignored: 0, quarantined: 2 }
const NONE = { ignored: [], quarantined: [] }

describe('the rules of a commit for its tests', () => {
  it('stay as they were first recorded', async () => {
    const { store } = await storeWithSuite()
    expect(await store.rules.get('s-1', SHA)).toBeUndefined()
    await store.rules.put('s-1', SHA, RULES)
    await store.rules.put('s-1', SHA, { ignored: 1, quarantined: 1 })
    expect(await store.rules.get('s-1', SHA)).toEqual(RULES)
  })

  it('name the tests of all runs, once, and of this commit alone', async () => {
    const { store } = await storeWithSuite()
    await store.suites.create({ spec: suiteSpec('s-2'), requestDigest: 'digest', seeds: [1] })
    expect(await store.rules.marked('s-1', SHA)).toEqual(NONE)
    await store.rules.mark('s-1', SHA, { ignored: ['i'], quarantined: ['b', 'a'] })
    await store.rules.mark('s-1', SHA, { ignored: [], quarantined: ['a', 'b', 'a'] })
    await store.rules.mark('s-1', SHA, { ignored: [], quarantined: ['b', 'c\0'] })
    await store.rules.mark('s-2', SHA, { ignored: ['a'], quarantined: [] })
    const { ignored, quarantined } = await store.rules.marked('s-1', SHA)
    expect(ignored).toEqual(['i'])
    expect(quarantined.toSorted()).toEqual(['a', 'b', 'c\ufffd'])
    expect(await store.rules.marked('s-2', SHA)).toEqual({ ignored: ['a'], quarantined: [] })
  })

  it('go with their suite', async () => {
    const { store } = await storeWithSuite()
    await store.rules.put('s-1', SHA, RULES)
    await store.rules.mark('s-1', SHA, { ignored: [], quarantined: ['a'] })
    await store.suites.remove('s-1')
    expect(await store.rules.get('s-1', SHA)).toBeUndefined()
    expect(await store.rules.marked('s-1', SHA)).toEqual(NONE)
    await expect(store.rules.mark('s-1', SHA, { ignored: [], quarantined: ['a'] })).rejects.toThrow(/No suite "s-1"/)
  })
})

describe('a commit with rules', () => {
  const failure = { id: 'a', fingerprint: '0123456789ab', message: 'no' }

  /** A hundred runs under early stopping; test `a` fails in two of them, which is not enough to decide it. */
  async function halfDecided() {
    const { store } = await temporaryStore()
    const seeds = Array.from({ length: 100 }, (_, attempt) => attempt + 1)
    await store.suites.create({
      spec: suiteSpec('s-1', { runs: 1000, until: 'verdict' }),
      requestDigest: 'digest',
      seeds,
    })
    await store.suites.putCommits('s-1', [suiteCommit(0, SHA)])
    for (const [attempt, seed] of seeds.entries()) {
      const failed = attempt === 10 || attempt === 60
      const held = failed ? ({ reason: 'only_quarantined', exitCode: 1 } as const) : {}
      const tests = runTests(['b', 'a'], failed ? { failed: [failure] } : {})
      await store.results.record(runResult({ attempt, seed, artifacts: [], ...held }), tests)
    }
    const suite = await store.suites.get('s-1')
    if (suite === undefined) throw new Error('the suite is gone')
    return { store, suite }
  }

  it('makes no more runs for a test that does not count', async () => {
    const { store, suite } = await halfDecided()
    expect(await findStop(store, suite, SHA)).toBeNull()
    await store.rules.mark('s-1', SHA, { ignored: [], quarantined: ['a'] })
    expect(await findStop(store, suite, SHA)).toBeLessThan(100)
    expect(await judgeRuns(store, suite, SHA, { ended: true })).toMatchObject({
      verdict: 'passing',
      failureRate: 0,
      stoppedEarly: true,
    })
  })

  it('is judged, and its tests are, by its own thresholds', async () => {
    const { store } = await temporaryStore()
    await store.suites.create({ spec: suiteSpec('s-1', { runs: 2 }), requestDigest: 'digest', seeds: [1, 2] })
    await store.suites.putCommits('s-1', [suiteCommit(0, SHA)])
    await store.results.record(runResult({ attempt: 0, seed: 1 }), runTests(['a', 'b']))
    const failed = { attempt: 1, seed: 2, outcome: 'failed', exitCode: 1 } as const
    await store.results.record(runResult(failed), runTests(['a', 'b'], { failed: [failure] }))
    const commits = async () => (await readReport(store, 's-1', { results: false })).commits
    expect(await commits()).toMatchObject([{ severity: 'high', tests: [{ id: 'a', severity: 'high' }, {}] }])

    await store.rules.put('s-1', SHA, {
      severityThresholds: { critical: 0.4, high: 0.3, medium: 0.2, low: 0.1 },
      ignored: 0,
      quarantined: 1,
    })
    await store.rules.mark('s-1', SHA, { ignored: ['a'], quarantined: ['b'] })
    expect(await commits()).toMatchObject([
      {
        severity: 'critical',
        tests: [
          { id: 'a', severity: 'critical', ignored: true },
          { id: 'b', quarantined: true },
        ],
      },
    ])
  })
})
