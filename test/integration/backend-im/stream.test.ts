import { describe, expect, it } from 'vitest'
import { KEYLESS } from '../../../src/gateway/auth/caller.ts'
import { TestClient } from '../../support/test-client.ts'
import { until } from '../../support/until.ts'
import { request, startBench, startGateway } from './face-bench.ts'

const setup = { type: 'namespace_setup', projectId: 'shelf', projectType: 'fastapi' }
const { userId: _, chatId: __, ...tested } = request()
const streamed = { type: 'test_request', projectId: 'shelf', ...tested }

const field = (value: unknown, ...path: string[]): unknown =>
  path.reduce((inner, name) => Reflect.get(Object(inner), name), value)
const kinds = (messages: readonly unknown[]) =>
  messages.map((one) => [field(one, 'type'), field(one, 'payload', 'update_type')].filter(Boolean).join(' '))
const dataOf = (message: unknown): unknown => field(message, 'payload', 'update_data', 'data')
const ofType = (messages: readonly unknown[], type: string) =>
  messages.filter((one) => field(one, 'payload', 'update_type') === type).map(dataOf)

async function withNamespace(client: TestClient): Promise<void> {
  client.send(setup)
  await until('the namespace is there', () => kinds(client.received).includes('namespace_complete'))
  client.received.length = 0
}
const untilTested = (client: TestClient) =>
  until('the test is told', () => kinds(client.received).includes('test_complete'))

describe('dialect 2', () => {
  it('makes a namespace, and finds it there the next time', async () => {
    const { gateway } = await startBench()
    const client = await TestClient.connect(gateway.url)
    client.send(setup)
    await until('it is made', () => kinds(client.received).includes('namespace_complete'))
    expect(client.received).toMatchObject([
      {
        type: 'namespace_update',
        status: 'partial',
        payload: { update_type: 'step', update_data: { data: { step: 'setup' } } },
      },
      { payload: { update_type: 'step', update_data: { data: { step: 'setup_complete' } } } },
      { payload: { update_type: 'complete', update_data: { data: { status: 'created' } } } },
      { type: 'namespace_complete', status: 'success', payload: { message: 'Namespace im-shelf was created.' } },
    ])
    client.received.length = 0
    client.send(setup)
    await until('it is found', () => kinds(client.received).includes('namespace_complete'))
    expect(field(client.received.at(-1), 'payload', 'message')).toBe('Namespace im-shelf exists.')
  })

  it('tells a namespace that cannot be made', async () => {
    const { gateway } = await startBench()
    const client = await TestClient.connect(gateway.url)
    client.send({ ...setup, projectType: 'COBOL' }, { ...setup, projectId: 'full' })
    await until('both are told', () => client.received.length === 6)
    expect(client.received).toMatchObject([
      {},
      { payload: { update_type: 'error', update_data: { data: { step: 'setup' } } } },
      {
        type: 'namespace_complete',
        status: 'failed',
        payload: { message: expect.stringContaining('Missing deployment template for cobol') },
      },
      {},
      { payload: { update_data: { data: { message: 'The quota does not allow it.' } } } },
      { type: 'namespace_complete', status: 'failed' },
    ])
  })

  it('tells a test from start to end, with its output as it is printed', async () => {
    const { store, worker, gateway } = await startBench()
    const client = await TestClient.connect(gateway.url)
    await withNamespace(client)
    worker.script = async (suite) => {
      await suite.admit()
      await suite.prepare()
      await suite.begin()
      const seen = (text: string) => until(`${text} is told`, () => JSON.stringify(client.received).includes(text))
      await suite.print('stdout', 'first line\n')
      await seen('first line')
      // A character of three bytes in two pieces.
      await suite.print('stderr', Buffer.from('漢').subarray(0, 2))
      await suite.print('stdout', 'second line\n')
      await seen('second line')
      await suite.print('stderr', Buffer.from('漢').subarray(2))
      await seen('漢')
      await suite.end('failed', { exitCode: 1 })
    }
    client.send({ ...streamed, startCommand: 'uvicorn app:app' })
    await untilTested(client)
    expect(kinds(client.received)).toMatchInlineSnapshot(`
      [
        "test_update start",
        "test_update log",
        "test_update step",
        "test_update step",
        "test_update step",
        "test_update step",
        "test_update step",
        "test_update step",
        "test_update step",
        "test_update step",
        "test_update command",
        "test_update output",
        "test_update output",
        "test_update output",
        "test_update result",
        "test_update complete",
        "test_complete",
      ]
    `)
    expect(ofType(client.received, 'start')).toEqual([
      { commit: 'HEAD~1', test_cmd: 'pytest tests/', namespace: 'im-shelf' },
    ])
    expect(ofType(client.received, 'command')).toEqual([{ command: 'pytest tests/' }])
    expect(ofType(client.received, 'output')).toEqual([
      { stdout: 'first line\n', stderr: '' },
      { stdout: 'second line\n', stderr: '' },
      { stdout: '', stderr: '漢' },
    ])
    const [result] = ofType(client.received, 'result')
    expect(result).toMatchObject({
      commit: 'HEAD~1',
      status: 'failed',
      success: false,
      output: { stdout: 'first line\nsecond line\n', stderr: '漢', kubectl_errors: [] },
    })
    expect(ofType(client.received, 'step')).toEqual(field(result, 'steps'))
    expect(client.received.at(-1)).toEqual({
      type: 'test_complete',
      status: 'failed',
      payload: { message: 'The tests failed.', result },
    })
    expect((await store.suites.list({ limit: 1 }))[0]?.spec.session).toEqual({ chat: 'shelf', user: '', key: '' })
  })

  it('tells all output of a test that ended before anyone could look', async () => {
    const { worker, gateway } = await startBench()
    const client = await TestClient.connect(gateway.url)
    await withNamespace(client)
    const lines = 'a line of output\n'.repeat(20_000)
    worker.script = async (suite) => {
      await suite.admit()
      await suite.prepare()
      await suite.begin()
      for (let at = 0; at < lines.length; at += 100_000) await suite.print('stdout', lines.slice(at, at + 100_000))
      await suite.end('passed')
    }
    client.send(streamed)
    await untilTested(client)
    const told = ofType(client.received, 'output').map((data) => field(data, 'stdout'))
    expect(told.join('')).toBe(lines)
  })

  it('tells what hinders a test, and where it failed', async () => {
    const { worker, gateway } = await startBench()
    const client = await TestClient.connect(gateway.url)
    await withNamespace(client)
    worker.script = async (suite) => {
      await suite.admit()
      await suite.step('waiting', 'no room in the cluster')
      await suite.step('checkout', 'checking out')
      await suite.step('failed', 'checkout: no such path')
      await suite.finish('completed')
    }
    client.send(streamed)
    await untilTested(client)
    expect(ofType(client.received, 'log')).toEqual([{ message: 'no room in the cluster' }])
    expect(ofType(client.received, 'error')).toEqual([{ message: 'checkout: no such path', step: 'commit_checkout' }])
    expect(client.received.at(-1)).toMatchObject({
      type: 'test_complete',
      status: 'failed',
      payload: { message: 'checkout: no such path', result: { status: 'error', success: false } },
    })
  })

  it('needs a namespace, which any connection to any gateway may have made', async () => {
    const { store, worker, gateway } = await startBench()
    const first = await TestClient.connect(gateway.url)
    first.send(streamed)
    expect(await first.take(1)).toMatchObject([
      { type: 'error', status: 'error', payload: { code: 'namespace_required' } },
    ])
    await withNamespace(first)
    const second = await TestClient.connect((await startGateway(worker, store)).url)
    second.send(streamed)
    await untilTested(second)
    expect(second.received.at(-1)).toMatchObject({ status: 'success' })
    const third = await TestClient.connect(
      (await startGateway(worker, store, { caller: { ...KEYLESS, key: 'b' } })).url,
    )
    third.send(streamed)
    expect(await third.take(1)).toMatchObject([{ payload: { code: 'namespace_required' } }])
  })

  it.each([
    [{ type: 'deploy_request', projectId: 'shelf' }, 'unknown_message_type'],
    [{ type: 'namespace_setup', projectId: 'shelf' }, 'invalid_message_format'],
    [{ ...streamed, projectId: 'away' }, 'namespace_check_failed'],
  ])('refuses %j by its code, and goes on', async (message, code) => {
    const { gateway } = await startBench()
    const client = await TestClient.connect(gateway.url)
    client.send(message, message)
    expect(await client.take(2)).toMatchObject([
      { type: 'error', status: 'error', payload: { code, message: expect.any(String) } },
      { type: 'error' },
    ])
  })
})
