import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { problemSchema } from '../../../src/contract/http/problem.ts'
import { suiteDocumentSchema } from '../../../src/contract/http/suites.ts'
import { alwaysValid } from '../../../src/stats/always-valid.ts'
import { judgeRuns } from '../../../src/store/judge-runs.ts'
import { GatewayBench } from '../../support/gateway-bench.ts'
import { finishSuite } from '../../support/recorded-suite.ts'
import { runResult, SHA, suiteCommit } from '../../unit/store/samples.ts'

// A suite that stops where the evidence suffices, as clients of the gateway ask for it and see it.

let bench: GatewayBench
beforeAll(async () => {
  bench = await GatewayBench.start()
})
afterAll(() => bench.stop())

const asked = { repo: 'https://git.example.org/one.git', until: 'verdict', maxFlakeRate: 0.2, confidence: 0.9 }
const post = (body: object) => bench.call('POST', '/v1/suites', { body })
const documentOf = async (id: string) => suiteDocumentSchema.parse((await bench.call('GET', `/v1/suites/${id}`)).json())

const record = (suite: string, attempt: number, outcome: 'passed' | 'failed') =>
  bench.store.results.record(runResult({ suite, attempt, outcome, exitCode: outcome === 'passed' ? 0 : 1 }))

describe('a suite with until', () => {
  it('is asked for by the fields of the contract, and refused where they make no sense', async () => {
    expect((await post({ ...asked, id: 'asked' })).status).toBe(202)
    expect((await documentOf('asked')).request).toMatchObject({ until: 'verdict', maxFlakeRate: 0.2, confidence: 0.9 })
    const wrong: [object, string][] = [
      [{ ...asked, maxFlakeRate: 20 }, 'maxFlakeRate'],
      [{ ...asked, confidence: 0.5 }, 'confidence'],
      [{ ...asked, until: undefined }, 'maxFlakeRate'],
      [{ ...asked, until: 'tomorrow' }, 'until'],
    ]
    for (const [body, field] of wrong) {
      const answer = await post(body)
      expect(answer.status).toBe(400)
      expect(problemSchema.parse(answer.json())).toMatchObject({ code: 'invalid_input', field })
    }
  })

  it('shows what the longest finished prefix says, then its verdict, and both only of the runs that count', async () => {
    const { store } = bench
    await post({ ...asked, id: 'live', runs: 50 })
    await store.suites.putCommits('live', [suiteCommit(0, SHA)])
    for (const attempt of [0, 1, 3, 4]) await record('live', attempt, attempt === 1 ? 'failed' : 'passed')
    const undecided = {
      verdict: 'inconclusive',
      reason: 'undecided',
      runs: 2,
      failed: 1,
      failureRate: 0.5,
      evidence: 2,
    }
    const before = (await documentOf('live')).commits
    expect(before).toMatchObject([{ ...undecided, interval: alwaysValid(1, 2, 0.9), stoppedEarly: false }])

    await record('live', 2, 'failed')
    await record('live', 5, 'failed')
    const suite = await store.suites.get('live')
    if (suite === undefined) throw new Error('no suite')
    await store.suites.putVerdict('live', SHA, 0, await judgeRuns(store, suite, SHA, { ended: true }))
    await finishSuite(store, 'live')
    // 2 ln 5 - ln(.96/.8) = 3.0 reaches ln 9 = 2.2 with the third run.
    const decided = { verdict: 'flaky', stoppedEarly: true, evidence: 3, interval: alwaysValid(2, 3, 0.9) }
    expect((await documentOf('live')).commits).toMatchObject([{ ...decided, runs: 3, passed: 1, failed: 2 }])
    const stream = await (await fetch(`${bench.url}/v1/suites/live/events`)).text()
    const events = stream.split('\n').flatMap((line) => (line.startsWith('data: ') ? [JSON.parse(line.slice(6))] : []))
    expect(events.find(({ type }) => type === 'commit.verdict')?.data).toMatchObject({ sha: SHA, ...decided })
    const markdown = await (await fetch(`${bench.url}/v1/suites/live/report.md`)).text()
    expect(markdown).toContain('**flaky**, stopped after 3 | 2/3 |')
    const runs = (await bench.call('GET', '/v1/suites/live/runs')).json()
    // Those beyond the evidence can be looked at all the same.
    expect(runs).toMatchObject({ runs: [0, 1, 2, 3, 4, 5].map((attempt) => ({ attempt })) })
  })
})
