import { describe, expect, it } from 'vitest'
import { parseExtension, parseNumberedExtension } from '../../../src/contract/index.ts'

describe('an extension', () => {
  it('adds runs, repeats errors, or does both', () => {
    expect(parseExtension({ runs: 5 })).toEqual({ runs: 5, seeds: undefined, errors: false })
    expect(parseExtension({ errors: true })).toEqual({ runs: 0, seeds: undefined, errors: true })
    expect(parseExtension({ seeds: [3, 1], errors: true })).toEqual({ runs: 2, seeds: [3, 1], errors: true })
    expect(parseNumberedExtension({ number: 2, runs: 1 })).toMatchObject({ number: 2, runs: 1 })
  })

  it.each([
    [{}, 'runs: null – nothing to extend by.'],
    [{ errors: false }, 'runs: null – nothing to extend by.'],
    [{ runs: 0 }, 'runs: 0 –'],
    [{ runs: 100_001 }, 'runs: 100001 –'],
    [{ runs: 1.5 }, 'runs: 1.5 –'],
    [{ seeds: [] }, 'seeds: [] –'],
    [{ seeds: [4, 4] }, 'seeds: 4 – each seed may be given once.'],
    [{ seeds: [3, 0] }, 'seeds.1: 0 –'],
    [{ seeds: [4], runs: 2 }, 'runs: 2 – the 1 seeds set the number of runs.'],
    [{ run: 1 }, 'run: 1 – is not a known field.'],
    [null, 'request: null –'],
    [undefined, 'request: null –'],
  ])('that says %j is refused by field, value and rule', (input, message) => {
    expect(() => parseExtension(input)).toThrow(message)
  })

  it('is numbered from 1', () => {
    expect(() => parseNumberedExtension({ runs: 1 })).toThrow('number: null –')
    expect(() => parseNumberedExtension({ runs: 1, number: 0 })).toThrow('number: 0 –')
  })
})
