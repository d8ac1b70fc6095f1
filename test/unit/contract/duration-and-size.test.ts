import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatDuration, parseDuration } from '../../../src/contract/duration.ts'
import { parseSize } from '../../../src/contract/size.ts'

test.each([
  ['500ms', 500],
  ['90s', 90_000],
  ['5m', 300_000],
  ['1.5h', 5_400_000],
  [' 1d ', 86_400_000],
])('%s is a duration', (text, ms) => {
  expect(parseDuration(text, 'timeout')).toBe(ms)
})

test.each(['', '90', '-1s', '5 weeks', '1e3s', 's', '1h30m'])('%j is no duration', (text) => {
  expect(() => parseDuration(text, 'timeout')).toThrow(/^timeout: .*90s/)
})

test('a formatted duration reads back as the same', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 10 ** 11 }), (ms) => {
      expect(parseDuration(formatDuration(ms), 'x')).toBe(ms)
    }),
  )
  expect(formatDuration(300_000)).toBe('5m')
})

test.each([
  ['512', 512],
  ['64KiB', 65_536],
  ['512M', 536_870_912],
  ['1.5g', 1_610_612_736],
  ['10b', 10],
])('%s is a size', (text, bytes) => {
  expect(parseSize(text, 'memory')).toBe(bytes)
})

test.each(['', 'many', '-1', '5i', '5 PiB'])('%j is no size', (text) => {
  expect(() => parseSize(text, 'memory')).toThrow(/^memory: /)
})
