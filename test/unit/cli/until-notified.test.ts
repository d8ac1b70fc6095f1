import { afterEach, beforeEach, expect, test } from 'vitest'
import { untilNotified } from '../../../src/cli/flows/until-notified.ts'
import type { Notification } from '../../../src/contract/index.ts'
import { testCli } from './fixture.ts'

// What a command says of those who were to be told of its suite's end.

const told = (fields: Partial<Notification> = {}): Notification => ({
  ...{ target: 'team', extension: 0, status: 'pending', detail: null, at: '2026-01-02T03:04:05.000Z' },
  ...fields,
})

let cli: ReturnType<typeof testCli>
let nowMs: number
beforeEach(() => {
  cli = testCli()
  nowMs = 0
  cli.context.now = () => nowMs
})
afterEach(() => expect(cli.context.stdout.text()).toBe(''))

/** Each reading of the record shows the next state; the last stays. */
async function said(...states: Notification[][]): Promise<string[]> {
  const notifications = async () => {
    nowMs += 20_000
    return (states.length > 1 ? states.shift() : states[0]) ?? []
  }
  await untilNotified(cli.context, { notifications }, 's-one')
  return cli.context.stderr.text().trimEnd().split('\n')
}

test('it waits until those of the last end are through, and says how', async () => {
  const earlier = told({ target: 'ops', status: 'failed', detail: 'no' })
  const last = (status: Notification['status'], detail: string | null) => told({ extension: 1, status, detail })
  expect(await said([earlier, last('pending', null)], [earlier, last('sent', 'Slack \u001b[31mtook it')])).toEqual([
    'told team: Slack took it',
  ])
})

test('who refuses is a warning, and who does not want to be told is not one', async () => {
  expect(
    await said([
      told({ status: 'failed', detail: 'answered 404' }),
      told({ target: 'pr', status: 'skipped', detail: 'none open' }),
    ]),
  ).toEqual(['warning: team could not be told: answered 404', 'did not tell pr: none open'])
})

test('who does not answer is not waited for longer than a minute', async () => {
  expect(await said([told()])).toEqual(['team is not told yet; the worker goes on trying for a day'])
  expect(nowMs).toBeGreaterThanOrEqual(60_000)
})
