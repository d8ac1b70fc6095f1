import { describe, expect, test } from 'vitest'
import { parsePrices, priceOf } from '../../src/prices.ts'

const spent = { cpuHours: 10, memoryGibHours: 4, diskGibHours: 100 }

describe('prices of the operator', () => {
  test('turn resource-hours into money; what is not named costs nothing', () => {
    const prices = parsePrices('COMMIT_SUITE_PRICES', ' cpu=0.03, memory=0.5 ,currency=EUR')
    expect(prices).toEqual({ cpuHour: 0.03, memoryGibHour: 0.5, diskGibHour: 0, currency: 'EUR' })
    expect(prices && priceOf(spent, prices)).toEqual({ amount: 2.3, currency: 'EUR' })
  })

  test('are not made up where there are none', () => {
    expect(parsePrices('COMMIT_SUITE_PRICES', ' ')).toBeUndefined()
  })

  test.each([
    ['cpu=-1', 'not negative'],
    ['cpu=', 'not negative'],
    ['cpu=1=2', 'more than one ='],
    ['gpu=1', 'not "gpu"'],
    ['cpu=1,currency=€', '1 to 12 letters'],
    ['cpu=1,', 'not ""'],
  ])('say what is wrong with %s', (text, rule) => {
    expect(() => parsePrices('COMMIT_SUITE_PRICES', text)).toThrow(
      expect.objectContaining({ code: 'config_invalid', message: expect.stringContaining(rule) }),
    )
  })
})
