import { WorkflowNotFoundError } from '@temporalio/client'
import { describe, expect, it } from 'vitest'
import { CommitSuiteError, formatRunId, type RunTests } from '../../../../src/contract/index.ts'
import { runResult, runTests, SHA } from '../../../unit/store/samples.ts'
import { clientOf, JobBench, REPO } from './job-bench.ts'

describe('a job', () => {
  it('is accepted at once and goes through its states', async () => {
    const bench = await JobBench.open()
    const client = clientOf(bench.gateway())
    const { status, body } = await client.post('flaky/run', { input: { repo: REPO, test_command: 'pytest', runs: 3 } })
    expect({ status, body }).toEqual({
      status: 200,
      body: { id: expect.stringMatching(/^job-[0-9a-f]{32}$/), status: 'IN_QUEUE' },
    })
    const id: string = body.id
    expect((await client.get(`flaky/status/${id}`)).body).toEqual({ id, status: 'IN_QUEUE' })
    await bench.begin(id)
    expect((await client.get(`flaky/status/${id}`)).body).toEqual({ id, status: 'IN_QUEUE' })
    // Runs begin in any order.
    await bench.store.events.append({
      ...{
        suite: id,
        type: 'run.started',
        ordinal: 1,
        subject: formatRunId({ suite: id, sha: SHA, attempt: 2, generation: 0 }),
      },
      data: { sha: SHA, run: 'r', attempt: 2, seed: 102, try: 1, node: 'host' },
    })
    expect((await client.get(`flaky/status/${id}`)).body).toEqual({ id, status: 'IN_PROGRESS' })
    await bench.finishRun(id, 2, { outcome: 'failed', exitCode: 1 }, 'two', 'why')
    await bench.finishRun(id, 0, {}, 'zero')
    await bench.finishRun(id, 1, { outcome: 'timed_out', exitCode: null, signal: 'SIGTERM' })
    await bench.finish(id, 'completed')
    const ended = (await client.get(`flaky/status/${id}`)).body
    expect(ended).toEqual({
      id,
      status: 'COMPLETED',
      delayTime: expect.any(Number),
      executionTime: expect.any(Number),
      output: {
        total_runs: 3,
        parallelism: 4,
        failures: 2,
        repro_rate: 2 / 3,
        framework: 'python',
        results: [
          { attempt: 0, exit_code: 0, stdout: 'zero', stderr: '', passed: true, seed: 100 },
          { attempt: 1, exit_code: null, stdout: '', stderr: 'TIMEOUT', passed: false, seed: 101 },
          { attempt: 2, exit_code: 1, stdout: 'two', stderr: 'why', passed: false, seed: 102 },
        ],
      },
    })
    // By another gateway, as after a restart.
    expect((await clientOf(bench.gateway()).get(`flaky/status/${id}`)).body).toEqual(ended)
  })

  it('counts nothing that infrastructure lost', async () => {
    const bench = await JobBench.open()
    const client = clientOf(bench.gateway())
    const id = await client.run({ runs: 4 })
    await bench.begin(id, { warnings: ['.flaky-detector.yml:1: "x" is not a known key.'] })
    await bench.finishRun(id, 0, { outcome: 'failed', exitCode: 1 })
    await bench.finishRun(id, 1)
    await bench.finishRun(id, 2, { outcome: 'error', reason: 'tries_used_up', exitCode: null })
    await bench.finishRun(id, 3, { outcome: 'cancelled', reason: 'job_timed_out', exitCode: null })
    await bench.finish(id, 'completed')
    const { output } = (await client.get(`flaky/status/${id}`)).body
    expect(output).toMatchObject({
      failures: 1,
      repro_rate: 0.5,
      warnings: ['.flaky-detector.yml:1: "x" is not a known key.'],
    })
    expect(output.results.map((row: { error?: string }) => row.error)).toEqual([
      undefined,
      undefined,
      'error: tries_used_up',
      'cancelled: job_timed_out',
    ])
  })

  it('counts a run as passed whose failing tests are all ignored, and warns where no run left a report', async () => {
    const bench = await JobBench.open()
    const client = clientOf(bench.gateway())
    const outputOf = async (tests?: RunTests) => {
      const id = await client.run({ runs: 2 })
      await bench.begin(id)
      await bench.store.rules.put(id, SHA, { ignored: 1, quarantined: 0 })
      const passed = { outcome: 'passed', reason: 'only_ignored', exitCode: 1 } as const
      await bench.store.results.record(runResult({ suite: id, seed: 100, ...passed }), tests)
      await bench.finishRun(id, 1, { outcome: 'failed', exitCode: 1 })
      await bench.finish(id, 'completed')
      return (await client.get(`flaky/status/${id}`)).body.output
    }
    const output = await outputOf(runTests(['test_a', 'test_b']))
    expect(output).toMatchObject({
      failures: 1,
      repro_rate: 0.5,
      results: [
        { passed: true, exit_code: 1 },
        { passed: false, exit_code: 1 },
      ],
    })
    expect(output).not.toHaveProperty('warnings')
    expect((await outputOf()).warnings).toEqual([
      'Patterns of ignored and quarantined tests had no effect, because no run left a report of its tests.',
    ])
  })

  it('says what of its input was ignored', async () => {
    const bench = await JobBench.open()
    const client = clientOf(bench.gateway())
    const id = await client.run({ verbose: true })
    await bench.begin(id)
    await bench.finishRun(id, 0)
    await bench.finish(id, 'completed')
    expect((await client.get(`flaky/status/${id}`)).body.output.warnings).toEqual([
      'input: "verbose" is not a known field.',
    ])
  })

  it('has failed, with the reason, where its suite failed, its deadline passed, or none of its runs gave a result', async () => {
    const bench = await JobBench.open()
    const client = clientOf(bench.gateway())
    const failed = await client.run()
    await bench.finish(failed, 'failed', 'ref_not_found: commit: "x" – is not there.')
    expect((await client.get(`flaky/status/${failed}`)).body).toMatchObject({
      status: 'FAILED',
      error: 'ref_not_found: commit: "x" – is not there.',
    })
    const late = await client.run({ runs: 2 })
    await bench.begin(late, { maxErrorLength: 13 })
    await bench.finishRun(late, 0)
    await bench.finish(late, 'failed', 'job_timed_out: The job did not end within its timeout.')
    expect((await client.get(`flaky/status/${late}`)).body).toMatchObject({
      status: 'TIMED_OUT',
      error: 'job_timed_out…',
      output: { results: [{ attempt: 0 }] },
    })
    const broken = await client.run()
    await bench.begin(broken)
    await bench.store.suites.putVerdict(broken, SHA, 0, {
      ...{ verdict: 'inconclusive', reason: 'setup_failed', failureRate: null, interval: null },
      ...{ severity: 'none', stoppedEarly: false },
    })
    const step = { sha: SHA, step: 'failed', message: 'setup: pip install exited with 1\nno such package' } as const
    await bench.store.events.append({ suite: broken, type: 'environment.step', subject: SHA, ordinal: 1, data: step })
    await bench.finish(broken, 'completed')
    expect((await client.get(`flaky/status/${broken}`)).body).toMatchObject({
      status: 'FAILED',
      error: 'setup_failed: setup: pip install exited with 1\nno such package',
    })
  })

  it('is known to its owner before a worker is there, and fails by what the worker refuses later', async () => {
    const bench = await JobBench.open()
    bench.admit = async () => {}
    const client = clientOf(bench.gateway())
    const id = await client.run()
    const restarted = clientOf(bench.gateway())
    expect((await restarted.get(`flaky/status/${id}`)).body).toEqual({ id, status: 'IN_QUEUE' })
    expect((await restarted.get(`flaky/stream/${id}`)).body).toEqual({ status: 'IN_QUEUE', stream: [] })
    expect((await restarted.get(`other/status/${id}`)).status).toBe(404)
    expect((await clientOf(bench.gateway(), 'stranger').get(`flaky/status/${id}`)).status).toBe(404)
    bench.refusals.set(id, new CommitSuiteError('isolation_unavailable', 'This host cannot sandbox.'))
    expect((await restarted.get(`flaky/status/${id}`)).body).toEqual({
      id,
      status: 'FAILED',
      error: 'This host cannot sandbox.',
    })
  })

  it('is gone where its suite was removed, or Temporal has forgotten it', async () => {
    const bench = await JobBench.open()
    const client = clientOf(bench.gateway())
    const removed = await client.run()
    await bench.store.suites.remove(removed)
    expect((await client.get(`flaky/status/${removed}`)).status).toBe(404)
    bench.admit = async () => {}
    const forgotten = await client.run()
    const failureOf = async (id: string) => {
      throw new WorkflowNotFoundError('workflow not found', id, undefined)
    }
    const later = bench.gateway({ control: { cancel: async () => {}, failureOf } })
    expect((await clientOf(later).get(`flaky/status/${forgotten}`)).status).toBe(404)
  })

  it('is refused at once where the worker refuses it at once', async () => {
    const bench = await JobBench.open()
    bench.admit = async ({ id }) =>
      void bench.refusals.set(id, new CommitSuiteError('repo_not_allowed', 'repo: not allowed.'))
    const { status, body } = await clientOf(bench.gateway()).post('flaky/run', { input: { repo: REPO } })
    expect({ status, body }).toEqual({ status: 400, body: { error: 'repo: not allowed.' } })
  })

  it('is hidden from other keys and other endpoints, not from admins', async () => {
    const bench = await JobBench.open()
    const app = bench.gateway()
    const id = await clientOf(app).run()
    for (const call of ['status', 'stream']) {
      expect((await clientOf(app, 'other').get(`flaky/${call}/${id}`)).status).toBe(404)
      expect((await clientOf(app).get(`elsewhere/${call}/${id}`)).status).toBe(404)
      expect((await clientOf(app, 'root:admin').get(`flaky/${call}/${id}`)).status).toBe(200)
    }
    expect((await clientOf(app, 'other').post(`flaky/cancel/${id}`)).status).toBe(404)
    expect(bench.cancelled).toEqual([])
    expect((await clientOf(app).get('flaky/status/job-0')).body).toEqual({
      error: 'id: "job-0" – no such job at this endpoint.',
    })
    expect((await clientOf(app).get('flaky/status/..%2f..%2fx')).status).toBe(404)
  })
})

describe('errors', () => {
  it('are in the shape of this face', async () => {
    const bench = await JobBench.open()
    const app = bench.gateway()
    const client = clientOf(app)
    expect(await client.post('flaky/run', { input: { repo: REPO, runs: 0 } })).toMatchObject({
      status: 400,
      body: { error: 'runs: 0 – must be an integer from 1 to 1000.' },
    })
    expect(await client.post('flaky/run')).toMatchObject({
      status: 400,
      body: { error: expect.stringContaining('body: null') },
    })
    expect(await client.get('flaky/nothing')).toMatchObject({ status: 404, body: { error: expect.any(String) } })
    expect(await client.get('flaky/cancel/job-1')).toMatchObject({ status: 404 })
    const malformed = await app.inject({
      ...{ method: 'POST', url: '/v2/flaky/run', payload: '{"input"' },
      headers: { authorization: 'Bearer ci', 'content-type': 'application/json' },
    })
    expect(malformed.statusCode).toBe(400)
    expect(malformed.json()).toEqual({ error: expect.any(String) })
    const anonymous = await app.inject({ method: 'GET', url: '/v2/flaky/health' })
    expect({ status: anonymous.statusCode, body: anonymous.json() }).toEqual({
      status: 401,
      body: { error: 'No API key was sent.' },
    })
    expect(bench.started).toEqual([])
  })
})

describe('cancelling', () => {
  it('is answered at once, before the suite has cleaned up', async () => {
    const bench = await JobBench.open()
    const client = clientOf(bench.gateway())
    const id = await client.run()
    await bench.begin(id)
    await bench.finishRun(id, 0)
    expect(await client.post(`flaky/cancel/${id}`)).toMatchObject({ status: 200, body: { id, status: 'CANCELLED' } })
    expect(bench.cancelled).toEqual([id])
    expect((await client.get(`flaky/status/${id}`)).body).toEqual({ id, status: 'CANCELLED' })
    await bench.finish(id, 'cancelled')
    expect((await clientOf(bench.gateway()).get(`flaky/status/${id}`)).body).toMatchObject({
      status: 'CANCELLED',
      output: { results: [{ attempt: 0 }] },
    })
  })

  it('leaves a job that has ended as it is', async () => {
    const bench = await JobBench.open()
    const client = clientOf(bench.gateway())
    const id = await client.run()
    await bench.begin(id)
    await bench.finishRun(id, 0)
    await bench.finish(id, 'completed')
    expect((await client.post(`flaky/cancel/${id}`)).body).toEqual({ id, status: 'COMPLETED' })
    expect(bench.cancelled).toEqual([])
  })
})

describe('the queue of an endpoint', () => {
  it('is purged of what has not begun, of this caller, at this endpoint', async () => {
    const bench = await JobBench.open()
    const app = bench.gateway()
    const client = clientOf(app)
    const [waiting, resolved, begun, ended] = [
      await client.run(),
      await client.run(),
      await client.run(),
      await client.run(),
    ]
    await bench.begin(resolved)
    await bench.begin(begun)
    await bench.finishRun(begun, 0)
    await bench.finish(ended, 'completed')
    await client.run({}, 'elsewhere')
    await clientOf(app, 'other').run()
    expect(await client.post('flaky/purge-queue')).toMatchObject({
      status: 200,
      body: { removed: 2, status: 'completed' },
    })
    expect(bench.cancelled.toSorted()).toEqual([waiting, resolved].toSorted())
    expect((await client.post('flaky/purge-queue')).body).toEqual({ removed: 0, status: 'completed' })
  })

  it('is counted', async () => {
    const bench = await JobBench.open()
    const app = bench.gateway()
    const client = clientOf(app)
    const [, begun, completed, failed] = [
      await client.run(),
      await client.run(),
      await client.run(),
      await client.run(),
    ]
    await clientOf(app, 'other').run()
    await bench.begin(begun)
    await bench.finishRun(begun, 0)
    await bench.finish(completed, 'completed')
    await bench.finish(failed, 'failed', 'internal: x')
    expect((await client.get('flaky/health')).body).toEqual({
      jobs: { completed: 1, failed: 1, inProgress: 1, inQueue: 1, retried: 0 },
      workers: { idle: 1, initializing: 0, ready: 1, running: 1, throttled: 0, unhealthy: 0 },
    })
  })

  it('belongs to nobody on a gateway without keys', async () => {
    const bench = await JobBench.open()
    const app = bench.gateway()
    await clientOf(app, 'none').run()
    await clientOf(app).run()
    expect((await clientOf(app, 'none').get('flaky/health')).body.jobs.inQueue).toBe(1)
    expect((await clientOf(app, 'none').post('flaky/purge-queue')).body.removed).toBe(1)
  })
})

describe('runsync', () => {
  it('answers when the job has ended', async () => {
    const bench = await JobBench.open()
    bench.admit = async (request) => {
      await bench.record(request)
      await bench.begin(request.id)
      await bench.finishRun(request.id, 0)
      await bench.finish(request.id, 'completed')
    }
    const { body } = await clientOf(bench.gateway()).post('flaky/runsync', { input: { repo: REPO } })
    expect(body).toMatchObject({ status: 'COMPLETED', output: { failures: 0, repro_rate: 0 } })
    expect(body.delayTime).toBeTypeOf('number')
    expect(body.executionTime).toBeTypeOf('number')
  })

  it('answers as run does when the time is over, or the gateway ends', async () => {
    const bench = await JobBench.open()
    const late = await clientOf(bench.gateway({ waitMs: 20 })).post('flaky/runsync', { input: { repo: REPO } })
    expect(late.body).toEqual({ id: expect.any(String), status: 'IN_QUEUE' })
    const ending = bench.gateway({ signal: AbortSignal.abort() })
    expect((await clientOf(ending).post('flaky/runsync', { input: { repo: REPO } })).body).toMatchObject({
      status: 'IN_QUEUE',
    })
  })
})
