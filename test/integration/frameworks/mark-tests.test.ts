import { describe, expect, it } from 'vitest'
import { markTests } from '../../../src/frameworks/reports/mark-tests.ts'

const IDS = [
  'tests.test_net.TestUpload::test_large[a::b]',
  'tests.test_net.TestUpload::test_small',
  'tests.test_x::test_a',
  'example.com/parcels/lanes::TestRoute/empty',
  'lanes > routes an empty parcel',
]

const mark = (quarantine: string[], ignore: string[] = [], longestMs?: number) =>
  markTests({ ids: IDS, quarantine, ignore }, longestMs)

describe('tests on record are found by patterns', { timeout: 60_000 }, () => {
  it.each<[string, number[]]>([
    ['test_small', [1]],
    ['tests/test_net.py::TestUpload::*', [0, 1]],
    ['tests.test_net.TestUpload::test_large*', [0]],
    ['test_large[a::b]', [0]],
    ['TestRoute/*', [3]],
    ['example.com/parcels/lanes::*', [3]],
    ['lanes > *', [4]],
    ['*', [0, 1, 2, 3, 4]],
    ['test_b', []],
  ])('%s', async (pattern, found) => {
    expect(await mark([pattern])).toEqual({ ignored: [], quarantined: found.map((at) => IDS[at]) })
  })

  it('of both kinds at once', async () => {
    expect(await mark(['test_a'], ['*small'])).toEqual({ ignored: [IDS[1]], quarantined: [IDS[2]] })
  })

  it('in bounded time, whatever a pattern is made of', async () => {
    const ids = Array.from({ length: 2_000 }, (_, number) => `${'a'.repeat(700)}${number}!`)
    const hostile = Array.from({ length: 50 }, (_, number) => `${'*a'.repeat(400)}${number}`)
    const began = performance.now()
    expect(await markTests({ ids, quarantine: hostile, ignore: [] }, 1_000)).toEqual({
      why: expect.stringContaining('longer than 1000 ms'),
    })
    expect(performance.now() - began).toBeLessThan(20_000)
    // What was found out, even that it takes too long, is not tried again for every run.
    const again = performance.now()
    expect(await markTests({ ids, quarantine: hostile, ignore: [] }, 1_000)).toHaveProperty('why')
    expect(performance.now() - again).toBeLessThan(500)
  })
})
