import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { classify } from '../../../../src/stats/culprit/candidate-classes.ts'
import { commitRange } from '../../../../src/stats/culprit/commit-range.ts'
import { outlookOf } from '../../../../src/stats/culprit/expected-entropy.ts'
import { entropyOf, posterior } from '../../../../src/stats/culprit/posterior.ts'
import { expectedEntropyByDefinition } from './by-definition.ts'
import { anyHistory } from './histories.ts'

describe('the expected entropy after more runs', () => {
  it('is that over all outcomes, with linear history and with merges', () => {
    fc.assert(
      fc.property(anyHistory(9), fc.integer({ min: 1, max: 5 }), ({ parents, observations }, runs) => {
        const range = commitRange(parents)
        const { expected } = outlookOf(range, classify(range, { observations }), {}, runs)
        for (const [position, entropy] of expected.entries()) {
          expect(entropy).toBeCloseTo(expectedEntropyByDefinition(range, observations, [{ position, runs }]), 8)
        }
      }),
    )
  })

  it('is never more than the entropy now', () => {
    fc.assert(
      fc.property(anyHistory(30), fc.integer({ min: 1, max: 16 }), ({ parents, observations }, runs) => {
        const range = commitRange(parents)
        const now = entropyOf(posterior(range, { observations }))
        const { expected } = outlookOf(range, classify(range, { observations }), {}, runs)
        expect(Math.max(...expected)).toBeLessThan(now + 1e-9)
      }),
    )
  })
})
