import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { GatewayBench } from '../../support/gateway-bench.ts'
import { recordRun, recordSuite } from '../../support/recorded-suite.ts'
import { SHA } from '../../unit/store/samples.ts'

// What a page about one run is made of: its steps and its tests, and none of other runs.

const run = (attempt: number) => `one.${SHA.slice(0, 12)}.${attempt}`
let bench: GatewayBench
beforeAll(async () => {
  bench = await GatewayBench.start()
  await recordSuite(bench.store, { id: 'one', runs: 4, status: 'running' })
  await recordSuite(bench.store, { id: 'another', runs: 3 })
  await recordRun(bench.store, 'another', 2)
  const ready = { sha: SHA, step: 'ready', message: 'prepared' } as const
  await bench.store.events.append({ suite: 'one', type: 'environment.step', subject: SHA, ordinal: 1, data: ready })
})
afterAll(() => bench.stop())

describe('the steps of a run', () => {
  it('are those of its commit and its own, in order', async () => {
    const { status, json } = await bench.call('GET', `/v1/runs/${run(2)}/steps`)
    expect(status).toBe(200)
    expect(json()).toMatchObject({
      run: run(2),
      steps: [
        { type: 'commit.resolved', suite: 'one', data: { sha: SHA } },
        { type: 'run.finished', suite: 'one', data: { run: run(2), outcome: 'failed' } },
        { type: 'environment.step', suite: 'one', data: { step: 'ready' } },
      ],
    })
  })
})

describe('the tests of a run', () => {
  it('are told by its reports, those that failed first and with their message', async () => {
    const { json } = await bench.call('GET', `/v1/runs/${run(2)}/tests`)
    expect(json()).toEqual({
      ...{ run: run(2), reported: true, failed: 1, passed: 1, skipped: 0, outsideTests: [] },
      tests: [
        {
          id: 'tests::flaky',
          outcome: 'failed',
          fingerprint: '0123456789ab',
          message: expect.stringMatching(/^boom \d$/),
        },
        { id: 'tests::steady', outcome: 'passed', fingerprint: null, message: null },
      ],
    })
  })

  it('are those of another run in another run', async () => {
    const { json } = await bench.call('GET', `/v1/runs/${run(1)}/tests`)
    expect(json()).toMatchObject({ reported: true, failed: 0, passed: 2 })
  })

  it('are not there for a run that left no report, or has not ended', async () => {
    await bench.store.results.record({
      ...{ suite: 'one', sha: SHA, attempt: 3, generation: 1, seed: 4, outcome: 'cancelled', reason: null },
      ...{ exitCode: null, signal: null, startedAt: null, durationMs: 0, tries: 1, node: 'n', artifacts: [] },
    })
    for (const id of [`${run(3)}.g1`]) {
      const { status, json } = await bench.call('GET', `/v1/runs/${id}/tests`)
      expect(status).toBe(200)
      expect(json()).toEqual({
        run: id,
        reported: false,
        failed: 0,
        passed: 0,
        skipped: 0,
        tests: [],
        outsideTests: [],
      })
    }
  })
})

describe('about the gateway', () => {
  it('a page learns what it may do, and where Temporal is', async () => {
    const { json } = await bench.call('GET', '/v1/about')
    expect(json()).toEqual({
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
      ...{ role: 'admin', keyless: true, temporalUi: 'http://127.0.0.1:8233', namespace: 'default' },
    })
  })
})
