import { createHmac } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { deliver } from '../../../src/notify/deliver.ts'
import { DeliveryFault } from '../../../src/notify/fault.ts'
import type { Notice } from '../../../src/notify/notice.ts'
import type { Target } from '../../../src/notify/schema.ts'
import { type AnsweringServer, answeringServer } from '../../support/answering-server.ts'
import { report, reportedCommit, reportedTest } from '../../unit/cli/fixture.ts'

// Messages to Slack and to webhooks over HTTP.

let server: AnsweringServer
beforeAll(async () => {
  server = await answeringServer(() => ({ status: 200, body: 'ok' }))
})
afterAll(() => server.close())
beforeEach(() => {
  server.asked.length = 0
  server.first.length = 0
})

const hostile = '<!channel> <https://evil.example|click> @here *bold* &amp; '
const told: Notice = {
  target: 'team',
  report: report({
    repo: hostile,
    commits: [reportedCommit({ subject: hostile, tests: [reportedTest({ id: hostile })] })],
  }),
  link: 'https://suites.example.org/#/suites/s-one',
  delivery: 'notify/s-one/team/0',
}
const deps = (secrets: Record<string, string>) => ({
  secretOf: (name: string) => secrets[name] ?? expect.fail(`${name} was not to be looked up`),
  signal: AbortSignal.timeout(30_000),
})
const fault = async (sent: Promise<unknown>): Promise<DeliveryFault> => {
  const error = await sent.catch((thrown) => thrown)
  return error instanceof DeliveryFault ? error : expect.fail(`no fault: ${String(error)}`)
}

describe('Slack', () => {
  const target: Target = { type: 'slack', on: ['always'], urlEnv: 'SLACK_URL' }
  const secret = '/services/T0/B0/s3cret'
  const send = () => deliver(target, told, deps({ SLACK_URL: `${server.url}${secret}` }), 'whole')

  test('gets one message, in which texts of repositories are plain', async () => {
    expect(await send()).toMatchObject({ status: 'sent' })
    const [{ path, body } = expect.fail('nothing was sent')] = server.asked
    expect(path).toBe(secret)
    const { text, blocks } = JSON.parse(body)
    expect(text).toBe('s-one: flaky: 1 commit, 1 flaky')
    const withTexts = blocks.filter((block: { text: { text: string } }) => block.text.text.includes('evil'))
    expect(withTexts.map((block: { text: { type: string } }) => block.text.type)).toEqual(['plain_text', 'plain_text'])
    const marked = blocks.filter((block: { text: { type: string } }) => block.text.type === 'mrkdwn')
    expect(marked).toEqual([
      { type: 'section', text: expect.objectContaining({ text: `<${told.link}|Open the suite>` }) },
    ])
  })

  test.each([
    [
      { status: 429, headers: { 'retry-after': '30' }, body: 'rate_limited' },
      { retry: true, waitMs: 30_000 },
    ],
    [{ status: 503, body: 'service_unavailable' }, { retry: true }],
    [
      { status: 404, body: 'no_service' },
      { retry: false, message: 'Slack answered 404: no_service' },
    ],
    [{ status: 400, body: 'invalid_blocks' }, { retry: false }],
    [{ status: 0, hangUp: true }, { retry: true }],
  ])('answers %o', async (answer, expected) => {
    server.first.push(answer)
    const refused = await fault(send())
    expect(refused).toMatchObject(expected)
    expect(refused.message).not.toContain('s3cret')
  })
})

test('an address that is none is final, and is not shown', async () => {
  const slack: Target = { type: 'slack', on: ['always'], urlEnv: 'SLACK_URL' }
  const refused = await fault(deliver(slack, told, deps({ SLACK_URL: 's3cret' }), 'whole'))
  expect(refused).toMatchObject({ retry: false, message: 'SLACK_URL holds no http or https URL without a user' })
})

describe('a webhook', () => {
  const target: Target = { type: 'webhook', on: ['always'], urlEnv: 'HOOK', secretEnv: 'KEY' }
  const send = (key = 'a key') => deliver(target, told, deps({ HOOK: `${server.url}/hook`, KEY: key }), 'whole')

  test.each([
    ['a key', Buffer.from('a key')],
    [`whsec_${Buffer.from('bytes').toString('base64')}`, Buffer.from('bytes')],
  ])('is signed over id, time and body with %s', async (key, bytes) => {
    await send(key)
    const [{ headers, body } = expect.fail('nothing was sent')] = server.asked
    const [id, time] = [headers['webhook-id'], headers['webhook-timestamp']]
    const expected = createHmac('sha256', bytes).update(`${id}.${time}.${body}`).digest('base64')
    expect(headers['webhook-signature']).toBe(`v1,${expected}`)
    expect(JSON.parse(body)).toMatchObject({
      type: 'suite.finished',
      data: { suite: 's-one', link: told.link, commits: [{ verdict: 'flaky' }] },
    })
  })

  test('that failed is sent again under the same id', async () => {
    server.first.push({ status: 502, body: 'bad gateway' })
    expect(await fault(send())).toMatchObject({ retry: true })
    expect(await send()).toEqual({ status: 'sent', detail: 'answered 200' })
    expect(server.asked.map(({ headers }) => headers['webhook-id'])).toEqual(Array(2).fill('notify/s-one/team/0'))
    expect(new Set(server.asked.map(({ body }) => body)).size).toBe(1)
  })

  test.each([
    [
      { status: 302, headers: { location: 'http://169.254.169.254/' } },
      { retry: false, message: 'the webhook answered 302' },
    ],
    [{ status: 410, body: 'gone' }, { retry: false }],
    [{ status: 408, body: 'late' }, { retry: true }],
    [
      { status: 500, body: 'x'.repeat(1_000_000) },
      { retry: true, message: `the webhook answered 500: ${'x'.repeat(200)}` },
    ],
    [
      { status: 503, headers: { 'retry-after': new Date(Date.now() + 3_600_000).toUTCString() } },
      { retry: true, waitMs: expect.any(Number) },
    ],
    [
      { status: 0, hangUp: true },
      { retry: true, message: expect.stringMatching(/^the webhook does not answer: [A-Z_]+$/) },
    ],
  ])('answers %o', async (answer, expected) => {
    server.first.push(answer)
    expect(await fault(send())).toMatchObject(expected)
    expect(server.asked).toHaveLength(1)
  })
})
