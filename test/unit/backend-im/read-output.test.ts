import { expect, it } from 'vitest'
import { fitted } from '../../../src/gateway/faces/backend-im/read-output.ts'

const jsonBytes = (text: string) => Buffer.byteLength(JSON.stringify(text))

it.each([
  ['plain text', 'line of text\n'.repeat(1000)],
  ['control characters', '\u001b[31m\u0000'.repeat(1000)],
  ['wide characters', '漢字🙂'.repeat(1000)],
  ['control characters at one end', `${'x'.repeat(5000)}${'\u0000'.repeat(2000)}`],
])('%s fits into a message, cut in the middle', (_, text) => {
  const cut = fitted(text, 5_000)
  expect(jsonBytes(cut)).toBeLessThanOrEqual(5_000)
  expect(jsonBytes(cut)).toBeGreaterThan(1_000)
  expect(cut.slice(0, 20)).toBe(text.slice(0, 20))
  expect(cut.slice(-10)).toBe(text.slice(-10))
  expect(cut).toContain('[commit-suite: the middle left out]')
})

it('leaves text alone that fits', () => {
  expect(fitted('short', 5_000)).toBe('short')
})
