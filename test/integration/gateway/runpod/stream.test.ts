import { describe, expect, it } from 'vitest'
import { until } from '../../../support/until.ts'
import { clientOf, JobBench } from './job-bench.ts'

type Chunk = { output: { attempt: number } }
const attempts = (stream: Chunk[]) => stream.map(({ output }) => output.attempt)

describe('the stream of a job', () => {
  it('hands out each row once, in the order in which runs ended, and then nothing', async () => {
    const bench = await JobBench.open()
    const client = clientOf(bench.gateway())
    const id = await client.run()
    await bench.begin(id)
    expect((await client.get(`flaky/stream/${id}`)).body).toEqual({ status: 'IN_QUEUE', stream: [] })
    await bench.finishRun(id, 1, {}, 'one')
    await bench.finishRun(id, 0, { outcome: 'failed', exitCode: 1 })
    expect((await client.get(`flaky/stream/${id}`)).body).toEqual({
      status: 'IN_PROGRESS',
      stream: [
        { output: { attempt: 1, exit_code: 0, stdout: 'one', stderr: '', passed: true, seed: 101 } },
        { output: { attempt: 0, exit_code: 1, stdout: '', stderr: '', passed: false, seed: 100 } },
      ],
    })
    await bench.finishRun(id, 2)
    await bench.finish(id, 'completed')
    // Another gateway goes on where this one was.
    const other = clientOf(bench.gateway())
    const last = (await other.get(`flaky/stream/${id}`)).body
    expect({ status: last.status, attempts: attempts(last.stream) }).toEqual({ status: 'COMPLETED', attempts: [2] })
    expect((await other.get(`flaky/stream/${id}`)).body).toEqual({ status: 'COMPLETED', stream: [] })
    expect((await client.get(`flaky/status/${id}`)).body.output.results).toHaveLength(3)
  })

  it('is shared by two readers at once, none getting a row that the other has', async () => {
    const bench = await JobBench.open()
    const client = clientOf(bench.gateway())
    const id = await client.run({ runs: 250 })
    await bench.begin(id)
    for (let attempt = 0; attempt < 250; attempt++) await bench.finishRun(id, attempt)
    const replies = await Promise.all(Array.from({ length: 6 }, () => client.get(`flaky/stream/${id}`)))
    const seen = replies.flatMap(({ body }) => attempts(body.stream))
    expect(seen).toHaveLength(250)
    expect(new Set(seen).size).toBe(250)
  })

  it('sends again what a client that went away did not get', async () => {
    const bench = await JobBench.open()
    const app = bench.gateway()
    const client = clientOf(app)
    const id = await client.run({ runs: 100 })
    await bench.begin(id, { saveFullOutput: true })
    // More than the buffers of a connection take, so that it cannot have been sent when the client goes.
    for (let attempt = 0; attempt < 20; attempt++) await bench.finishRun(id, attempt, {}, 'x'.repeat(240_000))
    const address = await app.listen({ host: '127.0.0.1', port: 0 })
    const gone = new AbortController()
    const response = await fetch(`${address}/v2/flaky/stream/${id}`, {
      headers: { authorization: 'Bearer ci' },
      signal: gone.signal,
    })
    expect(response.status).toBe(200)
    gone.abort()
    const again = (await client.get(`flaky/stream/${id}`)).body
    expect(attempts(again.stream)).toHaveLength(20)
    await until('the cursor has moved', async () => (await client.get(`flaky/stream/${id}`)).body.stream.length === 0)
  })
})
