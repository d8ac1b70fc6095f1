import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CommitSuiteError, invalidInput, isOpen } from '../../../src/contract/index.ts'
import { KEYLESS } from '../../../src/gateway/auth/caller.ts'
import { TestClient } from '../../support/test-client.ts'
import { until } from '../../support/until.ts'
import { request, startBench, startGateway } from './face-bench.ts'
import type { Script } from './fake-worker.ts'

/** Times are those of the run. */
const TIMES = /"timestamp":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"/g
const timeless = (message: unknown): unknown =>
  JSON.parse(JSON.stringify(message).replace(TIMES, '"timestamp":"<RFC 3339>"'))
const commitOf = (message: unknown): unknown =>
  /"commit":"([^"]*)"/.exec(JSON.stringify(message))?.[1] ?? /"message":"([^"]*)"/.exec(JSON.stringify(message))?.[1]
const messageOf = (message: unknown): unknown => Reflect.get(Object(Reflect.get(Object(message), 'payload')), 'message')

describe('dialect 1', () => {
  it('answers a request with one message', async () => {
    const { worker, gateway } = await startBench()
    const client = await TestClient.connect(gateway.url)
    client.send(request())
    const [reply] = await client.take(1)
    expect(timeless(reply)).toMatchInlineSnapshot(`
      {
        "payload": {
          "namespace_status": {
            "namespace": "im-14-7",
            "project_type": "fastapi",
            "status": "created",
            "timestamp": "<RFC 3339>",
          },
          "test_results": {
            "commit": "HEAD~1",
            "commit_message": "Price parcels by weight",
            "duration": 1.23,
            "output": {
              "kubectl_errors": [],
              "stderr": "",
              "stdout": "tested HEAD~1
      ",
            },
            "status": "passed",
            "steps": [
              {
                "description": "Setting up the test environment",
                "step": "setup",
                "timestamp": "<RFC 3339>",
              },
              {
                "description": "The test environment is ready",
                "step": "setup_complete",
                "timestamp": "<RFC 3339>",
              },
              {
                "description": "Checking the repository",
                "step": "repo_check",
                "timestamp": "<RFC 3339>",
              },
              {
                "description": "Cloning repository",
                "step": "repo_clone",
                "timestamp": "<RFC 3339>",
              },
              {
                "description": "Checking out the commit",
                "step": "commit_checkout",
                "timestamp": "<RFC 3339>",
              },
              {
                "description": "The commit is checked out",
                "step": "commit_verified",
                "timestamp": "<RFC 3339>",
              },
              {
                "description": "Installing dependencies",
                "step": "dependencies",
                "timestamp": "<RFC 3339>",
              },
              {
                "description": "Running the tests",
                "step": "test_execution",
                "timestamp": "<RFC 3339>",
              },
            ],
            "success": true,
          },
        },
        "type": "test_results",
      }
    `)
    expect(worker.started[0]?.request).toEqual({
      id: expect.stringMatching(/^im-14-[0-9a-f]{8}-000001$/),
      repo: 'https://github.com/example/shelf.git',
      commits: ['HEAD~1'],
      projectType: 'fastapi',
      runs: 1,
      parallelism: 1,
      executor: 'local',
      session: { chat: '14', user: '7', key: '' },
      network: { key: null },
      priority: 1,
    })
  })

  it('says that the namespace exists from then on, on whatever connection', async () => {
    const { gateway } = await startBench({ caller: { ...KEYLESS, key: 'ci' } })
    for (const status of ['created', 'exists', 'exists']) {
      const client = await TestClient.connect(gateway.url)
      client.send(request())
      expect(await client.take(1)).toMatchObject([
        { payload: { namespace_status: { status, namespace: 'im-14-7', project_type: 'fastapi' } } },
      ])
      client.socket.close()
    }
  })

  it('answers many requests that come at once in their order, one at a time, good and bad', async () => {
    const { store, worker, gateway } = await startBench()
    const client = await TestClient.connect(gateway.url)
    let atOnce = 0
    let most = 0
    worker.script = async (suite) => {
      atOnce += 1
      most = Math.max(most, atOnce)
      await suite.admit()
      await suite.prepare()
      await suite.begin()
      atOnce -= 1
      await suite.end('passed')
    }
    client.send(
      ...[request({ commitHash: 'a' }), '{', request({ commitHash: 'b', testCommand: 'true' }), request({ chatId: 5 })],
      ...[Buffer.from('{}'), request({ commitHash: 'c', chatId: 'other' }), request({ projectType: 'COBOL' })],
      ...[request({ chatId: 'full' }), request({ commitHash: 'd' })],
    )
    expect((await client.take(9)).map(commitOf)).toEqual([
      'a',
      'Invalid message format',
      'b',
      'Invalid message format: chatId must be a string',
      'Invalid message format: frames must be text',
      'c',
      'Missing deployment template for cobol. Templates that exist: generic.',
      'The quota does not allow it.',
      'd',
    ])
    expect(client.received.map((message) => Reflect.get(Object(message), 'type'))).toEqual([
      'test_results',
      'error',
      'test_results',
      'error',
      'error',
      'test_results',
      'error',
      'error',
      'test_results',
    ])
    expect(most).toBe(1)
    expect(worker.started.map(({ request: { command } }) => command)).toEqual([
      undefined,
      { shell: 'true' },
      undefined,
      undefined,
    ])
    await until('all is on record', async () =>
      (await store.suites.list({ limit: 10 })).every(({ status }) => !isOpen(status)),
    )
    expect(client.received).toHaveLength(9)
  })

  it.each([
    [
      'a set-up that fails',
      { status: 'error', success: false, output: { stderr: 'setup: pip install exited with 1\nno such package' } },
      async (suite) => {
        await suite.admit()
        await suite.prepare()
        await suite.step('failed', 'setup: pip install exited with 1\nno such package')
        await suite.finish('completed')
      },
    ],
    [
      'a commit that does not exist',
      {
        status: 'error',
        success: false,
        commit_message: '',
        output: { stderr: 'commits: "HEAD~1" – does not exist.' },
      },
      async () => {
        throw invalidInput('commits', 'HEAD~1', 'does not exist', undefined, 'ref_not_found')
      },
    ],
    [
      'tests that fail',
      { status: 'failed', success: false, duration: 1.23, output: { stdout: 'F', stderr: 'assert 1 == 2\n' } },
      async (suite) => {
        await suite.admit()
        await suite.prepare()
        await suite.begin()
        await suite.print('stdout', 'F')
        await suite.print('stderr', 'assert 1 == 2\n')
        await suite.end('failed', { exitCode: 1 })
      },
    ],
    [
      'tests that do not end',
      { status: 'failed', duration: 300, output: { stderr: 'still here\nThe tests were ended after 300.004 s.' } },
      async (suite) => {
        await suite.admit()
        await suite.prepare()
        await suite.begin()
        await suite.print('stderr', 'still here')
        await suite.end('timed_out', { durationMs: 300_004 })
      },
    ],
  ] satisfies [string, object, Script][])('%s', async (_, expected, script) => {
    const { worker, gateway } = await startBench()
    worker.script = script
    const client = await TestClient.connect(gateway.url)
    client.send(request(), request({ chatId: 1 }))
    const [reply] = await client.take(2)
    expect(reply).toMatchObject({ type: 'test_results', payload: { test_results: expected } })
  })

  it('replies when Temporal is away, and to a fault that nobody expected, without its details', async () => {
    const faults = [
      new CommitSuiteError('temporal_unavailable', 'Temporal does not answer.'),
      new Error('secret detail'),
    ]
    const start = async (): Promise<void> => {
      const fault = faults.shift()
      if (fault !== undefined) throw fault
      throw invalidInput('repo', 'file:///etc', 'is not allowed', undefined, 'repo_not_allowed')
    }
    const { gateway } = await startBench({ start })
    const client = await TestClient.connect(gateway.url)
    client.send(request(), request(), request())
    const output = (stderr: string) => ({ payload: { test_results: { status: 'error', output: { stderr } } } })
    expect(await client.take(3)).toMatchObject([
      output('Temporal does not answer.'),
      { type: 'error', payload: { message: 'Internal error' } },
      output('repo: "file:///etc" – is not allowed.'),
    ])
  })

  it('cuts output so that clients with the usual bound on messages can take it', async () => {
    const { worker, gateway } = await startBench()
    worker.script = async (suite) => {
      await suite.admit()
      await suite.prepare()
      await suite.begin()
      for (let line = 0; line < 40; line++) {
        await suite.print('stdout', '\u001b[31m'.repeat(20_000))
        await suite.print('stderr', `${String(line).padStart(6, '0')}\n`.repeat(10_000))
      }
      await suite.end('passed')
    }
    const client = await TestClient.connect(gateway.url)
    client.send(request())
    const [reply] = await client.take(1)
    expect(client.closeCode).toBeUndefined()
    const text = JSON.stringify(reply)
    expect(text).toContain('000000\\n')
    expect(text).toContain('000039\\n"')
    expect(text).toContain('left out]')
  })

  it('refuses requests beyond a hundred that wait, in their turn', async () => {
    const { worker, gateway } = await startBench()
    const begun = Promise.withResolvers<void>()
    const go = Promise.withResolvers<void>()
    worker.script = async (suite) => {
      await suite.admit()
      await suite.prepare()
      begun.resolve()
      await go.promise
      await suite.begin()
      await suite.end('passed')
    }
    const client = await TestClient.connect(gateway.url)
    client.send(request())
    await begun.promise
    client.send(...Array.from({ length: 100 }, () => '{'), request({ commitHash: 'too-many' }))
    // Were the first one answered before the last ones are read, fewer would wait.
    await client.untilRead()
    go.resolve()
    const replies = await client.take(102)
    expect(replies[0]).toMatchObject({ type: 'test_results' })
    expect(replies[100]).toMatchObject({ payload: { message: 'Invalid message format' } })
    expect(messageOf(replies[101])).toBe('Too many requests: more than 100 wait on this connection')
    expect(worker.started).toHaveLength(1)
  })

  it('answers whatever comes with one message each', async () => {
    const { gateway } = await startBench()
    const client = await TestClient.connect(gateway.url)
    const frames = fc.sample(
      fc.oneof(
        fc.string({ minLength: 1 }),
        fc.json(),
        fc.json().map((text) => `{"type":${text}}`),
      ),
      500,
    )
    for (let from = 0; from < frames.length; from += 50) {
      client.send(...frames.slice(from, from + 50))
      await client.take(from + 50)
    }
    client.send(request())
    const replies = await client.take(501)
    for (const reply of replies.slice(0, 500)) expect(reply).toMatchObject({ type: 'error' })
    expect(replies[500]).toMatchObject({ type: 'test_results' })
  })
})

describe('sessions', () => {
  it('take one request after another over connections and gateways', async () => {
    const { store, worker, gateway } = await startBench()
    const other = await startGateway(worker, store)
    let atOnce = 0
    let most = 0
    worker.script = async (suite) => {
      atOnce += 1
      most = Math.max(most, atOnce)
      await suite.admit()
      await suite.prepare()
      await suite.begin()
      atOnce -= 1
      await suite.end('passed')
    }
    const clients = await Promise.all([gateway, gateway, other, other].map(({ url }) => TestClient.connect(url)))
    for (const client of clients) client.send(request(), request({ commitHash: 'main' }), request())
    for (const client of clients) expect((await client.take(3)).map(commitOf)).toEqual(['HEAD~1', 'main', 'HEAD~1'])
    expect(most).toBe(1)
    expect(worker.started.map(({ request: { id } }) => id.slice(-6)).sort()).toEqual(
      Array.from({ length: 12 }, (_, index) => String(index + 1).padStart(6, '0')),
    )
  })

  it('of different users go on beside each other', async () => {
    const { worker, gateway } = await startBench()
    const both = Promise.withResolvers<void>()
    worker.script = async (suite) => {
      await suite.admit()
      if (worker.started.length === 2) both.resolve()
      await both.promise
      await suite.prepare()
      await suite.begin()
      await suite.end('passed')
    }
    const clients = await Promise.all(['1', '2'].map(() => TestClient.connect(gateway.url)))
    for (const [index, client] of clients.entries()) client.send(request({ userId: String(index) }))
    for (const client of clients) await client.take(1)
  })

  it('go on with the next request after one that was refused', async () => {
    const { store, worker, gateway } = await startBench()
    const scripted = worker.script
    worker.script = async (suite) => {
      if (suite.request.commits?.[0] === 'gone')
        throw invalidInput('commits', 'gone', 'does not exist', undefined, 'ref_not_found')
      await scripted(suite)
    }
    const client = await TestClient.connect(gateway.url)
    client.send(request({ commitHash: 'gone' }), request({ commitHash: 'gone' }), request())
    const replies = await client.take(3)
    expect(replies.map((reply) => /"status":"(passed|failed|error)"/.exec(JSON.stringify(reply))?.[1])).toEqual([
      'error',
      'error',
      'passed',
    ])
    expect((await store.suites.list({ limit: 5 })).map(({ id }) => id.slice(-6))).toEqual(['000003'])
  })

  it('wait for a suite that a gateway left behind', async () => {
    const { store, worker, gateway } = await startBench()
    const go = Promise.withResolvers<void>()
    worker.script = async (suite) => {
      await suite.admit()
      await suite.prepare()
      await suite.begin()
      await go.promise
      await suite.end('passed')
    }
    const first = await TestClient.connect(gateway.url)
    first.send(request())
    await until('the first suite has begun', () => worker.started.length === 1)
    first.socket.terminate()
    let looks = 0
    const lastOf = async (prefix: string) => {
      looks += 1
      return await store.suites.lastOf(prefix)
    }
    const other = await startGateway(worker, { ...store, suites: { ...store.suites, lastOf } })
    const second = await TestClient.connect(other.url)
    second.send(request())
    await until('the second waits', () => looks > 2)
    expect(worker.started).toHaveLength(1)
    go.resolve()
    await second.take(1)
    expect(worker.started).toHaveLength(2)
  })
})
