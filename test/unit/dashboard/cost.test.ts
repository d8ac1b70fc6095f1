import { expect, test } from 'vitest'
import type { EnvironmentDocument } from '../../../src/contract/http/environments.ts'
import { byCost, costWords, holdingWords, spentWords, totalsOf } from '../../../src/dashboard/environments/cost.ts'

const GIB = 1024 ** 3
const environment = (namespace: string, more: Partial<EnvironmentDocument> = {}): EnvironmentDocument => ({
  ...{
    place: 'local',
    namespace,
    kind: 'lane',
    createdAt: '2026-01-01T00:00:00Z',
    expiresAt: null,
    phase: 'Active',
    pods: 1,
  },
  ...{ suites: [], heldBy: [], cost: null },
  holding: { cpuMillis: 500, memoryBytes: GIB, diskBytes: 0 },
  spent: { cpuHours: 1, memoryGibHours: 2, diskGibHours: 0 },
  ...more,
})

test('what is held is said in words, and only that', () => {
  expect(holdingWords({ cpuMillis: 2500, memoryBytes: 1.5 * GIB, diskBytes: 20 * 1024 ** 2 })).toBe(
    '2.5 CPU, 1.5 GiB memory, 20 MiB disk',
  )
  expect(holdingWords({ cpuMillis: 0, memoryBytes: 0, diskBytes: 0 })).toBe('nothing')
})

test('so is what was spent; seconds of a processor are next to nothing', () => {
  expect(spentWords({ cpuHours: 1234.4, memoryGibHours: 0.25, diskGibHours: 0.001 })).toBe(
    '1,234 CPU-hours, 0.25 GiB-hours memory',
  )
  expect(spentWords({ cpuHours: 0.001, memoryGibHours: 0, diskGibHours: 0 })).toBe('next to nothing')
})

test('money has two digits, and little of it is not none', () => {
  expect(costWords({ amount: 1234.5, currency: 'EUR' })).toBe('1,234.50 EUR')
  expect(costWords({ amount: 0.001, currency: 'EUR' })).toBe('< 0.01 EUR')
  expect(costWords({ amount: 0, currency: '' })).toBe('0.00')
})

test('all of them together are added up, money only where there are prices', () => {
  const totals = totalsOf([environment('a'), environment('b')])
  expect(totals).toEqual({
    holding: { cpuMillis: 1000, memoryBytes: 2 * GIB, diskBytes: 0 },
    spent: { cpuHours: 2, memoryGibHours: 4, diskGibHours: 0 },
    cost: null,
  })
  const cost = { amount: 1.5, currency: 'EUR' }
  expect(totalsOf([environment('a', { cost }), environment('b', { cost })]).cost).toEqual({
    amount: 3,
    currency: 'EUR',
  })
})

test('those that cost most come first', () => {
  const spent = { cpuHours: 3, memoryGibHours: 0, diskGibHours: 0 }
  const listed = [environment('c'), environment('a'), environment('b', { spent })]
  expect(byCost(listed).map(({ namespace }) => namespace)).toEqual(['b', 'a', 'c'])
})
