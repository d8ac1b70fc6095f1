import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createOutputSanitizer, safeLine } from '../../../src/cli/terminal-safe.ts'

test('a hostile subject loses escapes, controls and reordering characters and stays one line', () => {
  const hostile = 'a\x1b[2Jb\x1b]0;title\x07c\r\nd\u202ee\u0085f\x9b31mg\x7f'
  expect(safeLine(hostile)).toBe('abc defg')
})

test('no text gets a control character onto a terminal', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(safeLine(text)).not.toMatch(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u)
    }),
  )
})

test('output is shown the same however it is cut into pieces', () => {
  const bytes = new TextEncoder().encode('ok é✓\r\n\x1b[31mred\x1b[0m\rover\tend\n')
  const cutAt = (size: number): string => {
    const sanitizer = createOutputSanitizer()
    let text = ''
    for (let at = 0; at < bytes.length; at += size) text += sanitizer.push(bytes.subarray(at, at + size))
    return text + sanitizer.end()
  }
  const whole = cutAt(bytes.length)
  expect(whole).toBe('ok é✓\n^[[31mred^[[0m^Mover\tend\n')
  for (const size of [1, 2, 3, 5]) expect(cutAt(size)).toBe(whole)
})

test('bytes that are not UTF-8 become replacement characters', () => {
  const sanitizer = createOutputSanitizer()
  expect(sanitizer.push(Uint8Array.of(0x61, 0xff, 0x62)) + sanitizer.end()).toBe('a\ufffdb')
})
