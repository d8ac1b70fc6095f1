import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseQuantity, quantitySchema } from '../../../src/frameworks/template/quantity.ts'

test.each([
  ['0', 0],
  ['2', 2],
  ['250m', 0.25],
  ['1.5', 1.5],
  ['.5', 0.5],
  ['+1.', 1],
  ['64Mi', 67_108_864],
  ['1k', 1000],
  ['2G', 2e9],
  ['1e3', 1000],
  ['12E-2', 0.12],
  ['1E', 1e18],
  ['3n', 3e-9],
])('%s is %d', (text, value) => {
  expect(parseQuantity(text)).toBeCloseTo(value, 12)
})

test.each(['', '-1', '1 Gi', '1gi', '1KI', 'Gi', '1Gib', '0x10', '1_000', 'NaN', 'Infinity', '1e400', '.', '1\n', '१'])(
  '%j is no quantity',
  (text) => {
    expect(parseQuantity(text)).toBeUndefined()
    expect(quantitySchema.safeParse(text).success).toBe(false)
  },
)

test('a larger amount of the same unit is a larger quantity, and every unit is larger than the one before', () => {
  const units = ['n', 'u', 'm', '', 'k', 'Ki', 'M', 'Mi', 'G', 'Gi', 'T', 'Ti', 'P', 'Pi', 'E', 'Ei']
  const amount = fc.integer({ min: 1, max: 1_000_000 })
  fc.assert(
    fc.property(amount, fc.integer({ min: 0, max: units.length - 2 }), (n, at) => {
      const [unit, next] = [units[at] ?? '', units[at + 1] ?? '']
      const value = parseQuantity(`${n}${unit}`) ?? Number.NaN
      expect(parseQuantity(`${n + 1}${unit}`)).toBeGreaterThan(value)
      expect(parseQuantity(`${n}${next}`)).toBeGreaterThan(value)
    }),
  )
})

test('whatever YAML holds there, the answer is a quantity or a refusal', () => {
  fc.assert(
    fc.property(fc.anything(), (value) => {
      const parsed = quantitySchema.safeParse(value)
      if (parsed.success) expect(parseQuantity(parsed.data)).toBeGreaterThanOrEqual(0)
    }),
  )
})
