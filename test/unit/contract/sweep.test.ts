import { describe, expect, it, test } from 'vitest'
import { backfillSchema, changeSweepBodySchema } from '../../../src/contract/http/sweeps.ts'
import { cronProblem, parseSweepRequest } from '../../../src/contract/index.ts'
import { fairnessKeyOf } from '../../../src/requests/priority.ts'

describe('cronProblem', () => {
  it.each(['0 2 * * *', '*/15 8-18 * * MON-FRI', '0,30 0 1-7/2 jan,Jul 7', '5/10 * * * 0', '@daily', '@hourly'])(
    'takes %s',
    (cron) => expect(cronProblem(cron)).toBeUndefined(),
  )

  it.each([
    ['', /five fields/],
    ['0 2 * *', /five fields/],
    ['0 0 2 * * *', /five fields/],
    ['CRON_TZ=UTC 0 2 * * *', /five fields/],
    ['@every 1h', /a shorthand is one of/],
    ['60 2 * * *', /"60" is no minute: numbers from 0 to 59/],
    ['0 24 * * *', /"24" is no hour/],
    ['0 2 0 * *', /no day of the month/],
    ['0 2 * 13 *', /no month: numbers from 1 to 12, or JAN to DEC/],
    ['0 2 * * FUN', /no day of the week/],
    ['5-1 2 * * *', /no minute/],
    ['*/0 2 * * *', /no minute/],
    ['1-2-3 2 * * *', /no minute/],
    ['1, 2 * * *', /no minute/],
  ])('says what is wrong with %j', (cron, problem) => expect(cronProblem(cron)).toMatch(problem))
})

const asked = { name: 'nightly', repo: '/r', cron: '0 2 * * *' }

test('a sweep needs a name, a repository and a time; the rest has defaults', () => {
  expect(parseSweepRequest(asked)).toMatchObject({
    ...{ timezone: 'UTC', overlap: 'skip', jitterMs: 0, catchupMs: 86_400_000, priority: 4, isolation: 'process' },
  })
  expect(parseSweepRequest({ ...asked, maxFlakeRate: 0.01 }).maxFlakeRate).toBe(0.01)
})

it.each([
  [{ name: 'Nightly' }, /name: "Nightly"/],
  [{ cron: '0 2 * *' }, /cron: .*five fields/],
  [{ timezone: 'Mars/Olympus' }, /timezone: .*IANA time zone/],
  [{ timezone: '+02:00' }, /timezone: /],
  [{ overlap: 'queue' }, /overlap: "queue"/],
  [{ catchupMs: 1 }, /catchupMs: 1/],
  [{ budgetRuns: 0 }, /budgetRuns: 0/],
  [{ budgetRuns: 50_001 }, /budgetRuns/],
  [{ budgetMs: 9_999 }, /budgetMs/],
  [{ seeds: [1] }, /seeds: .*is not a known field/],
  [{ id: 's-1' }, /id: .*is not a known field/],
])('%j is refused by name', (change, message) => {
  expect(() => parseSweepRequest({ ...asked, ...change })).toThrow(message)
})

test('a change names something, and a backfill is a time that is past and bounded', () => {
  expect(changeSweepBodySchema.safeParse({}).success).toBe(false)
  expect(changeSweepBodySchema.safeParse({ budgetRuns: null }).success).toBe(true)
  const range = (from: string, to: string) => backfillSchema.safeParse({ from, to }).success
  expect(range('2026-11-01T00:00:00Z', '2026-11-02T00:00:00+01:00')).toBe(true)
  expect(range('2026-11-02T00:00:00Z', '2026-11-01T00:00:00Z')).toBe(false)
  expect(range('2026-11-01T00:00:00Z', '2026-12-03T00:00:00Z')).toBe(false)
  expect(range('yesterday', '2026-12-03T00:00:00Z')).toBe(false)
})

test('repositories are told apart by their address, within the 64 bytes that Temporal takes', () => {
  expect(fairnessKeyOf('/srv/app')).toBe(fairnessKeyOf('file:///srv/app'))
  const long = `https://example.org/${'a'.repeat(80)}`
  expect(Buffer.byteLength(fairnessKeyOf(long))).toBeLessThanOrEqual(64)
  expect(fairnessKeyOf(long)).not.toBe(fairnessKeyOf(`${long}b`))
})
