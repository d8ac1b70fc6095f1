import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { channelOf, jointInformation } from '../../../../src/stats/culprit/channel.ts'

const probability = fc.double({ min: 0, max: 1, noNaN: true })
const entropy = (masses: readonly number[]) =>
  masses.reduce((sum, mass) => (mass > 0 ? sum - mass * Math.log(mass) : sum), 0)

describe('the information of runs at several commits', () => {
  it('is that of a noisy channel for one commit', () => {
    // ln 2 less the entropy of the noise: 1 bit less 0.469 of one where a tenth is wrong.
    expect(jointInformation([0.5, 0.5], { before: 0.1, from: 0.9 }) / Math.LN2).toBeCloseTo(1 - 0.4689956, 6)
  })

  it('is all of the uncertainty without noise, and none where both rates are the same', () => {
    const masses = [0.1, 0.2, 0.3, 0.4]
    expect(jointInformation(masses, { before: 0, from: 1 })).toBeCloseTo(entropy(masses), 12)
    expect(jointInformation(masses, { before: 0.3, from: 0.3 })).toBeCloseTo(0, 12)
  })

  it('is never negative and never more than the uncertainty', () => {
    const anyMasses = fc.array(fc.double({ min: 0.01, max: 1, noNaN: true }), { minLength: 8, maxLength: 8 })
    fc.assert(
      fc.property(anyMasses, probability, probability, (weights, before, from) => {
        const sum = weights.reduce((a, b) => a + b, 0)
        const masses = weights.map((weight) => weight / sum)
        const information = jointInformation(masses, { before, from })
        expect(information).toBeGreaterThan(-1e-12)
        expect(information).toBeLessThan(entropy(masses) + 1e-12)
      }),
    )
  })
})

describe('the one bit that runs at a commit are reduced to', () => {
  it('is whether any failed where failures are rare before the culprit', () => {
    expect(channelOf({ before: 0.001, from: 0.3 }, 8)).toEqual({
      ...{ before: expect.closeTo(1 - 0.999 ** 8, 9), from: expect.closeTo(1 - 0.7 ** 8, 9) },
    })
  })

  it('is whether all failed where passes are rare from the culprit on', () => {
    expect(channelOf({ before: 0.6, from: 0.9999 }, 4)).toEqual({
      ...{ before: expect.closeTo(0.6 ** 4, 9), from: expect.closeTo(0.9999 ** 4, 9) },
    })
  })
})
