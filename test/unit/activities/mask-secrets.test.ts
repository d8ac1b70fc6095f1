import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { maskBytes, maskCaptured, maskPatterns, StreamMask } from '../../../activities/mask-secrets.ts'

const bytesOf = (text: string): Buffer => Buffer.from(text, 'latin1')
const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1')
const mask = (secrets: string[], text: string): string => textOf(maskBytes(maskPatterns(secrets), bytesOf(text)))

/** The definition: a byte is masked if an occurrence of a secret covers it. */
function expected(secrets: readonly Buffer[], text: string): string {
  const covered = new Set<number>()
  for (const secret of secrets) {
    for (let at = 0; at < text.length; at++) {
      if (text.startsWith(textOf(secret), at)) for (let i = 0; i < secret.length; i++) covered.add(at + i)
    }
  }
  return [...text].map((character, at) => (covered.has(at) ? '*' : character)).join('')
}

/** Words over few letters, so that secrets occur, overlap and begin within each other. */
const word = (minLength: number, maxLength: number) =>
  fc.string({ unit: fc.constantFrom('a', 'b', '*'), minLength, maxLength })
const secretsArbitrary = fc.array(word(4, 7), { minLength: 1, maxLength: 3 })

function pushed(patterns: Buffer[], pieces: string[]): { text: string; held: string; offsets: boolean } {
  const stream = new StreamMask(patterns)
  let offset = 0
  let text = ''
  let offsets = true
  for (const piece of pieces) {
    const masked = stream.push({ offset, bytes: bytesOf(piece) })
    offsets &&= masked.offset === text.length
    text += textOf(masked.bytes)
    offset += piece.length
  }
  return { text, held: pieces.join('').slice(text.length), offsets }
}

describe('masking', () => {
  test('replaces every occurrence by as many asterisks', () => {
    expect(mask(['hunter22'], 'login hunter22, again hunter22!')).toBe('login ********, again ********!')
    expect(mask(['abab'], 'xababab')).toBe('x******')
  })

  test('leaves short values alone and masks the lines of long ones', () => {
    expect(mask(['1', ''], 'exit 1')).toBe('exit 1')
    expect(mask(['-----BEGIN-----\nMIIEvQIBADAN\n}\n'], 'key: MIIEvQIBADAN }')).toBe('key: ************ }')
  })

  test('finds a value as reports and addresses write it', () => {
    const secret = `p&ss<"wo'rd">\\`
    const written = [
      ...[
        'p&amp;ss&lt;"wo\'rd">\\',
        'p&amp;ss&lt;&quot;wo&apos;rd&quot;&gt;\\',
        'p&amp;ss&lt;&quot;wo&#39;rd&quot;&gt;\\',
      ],
      ...["p&amp;ss&lt;&quot;wo'rd&quot;&gt;\\", JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)],
    ]
    for (const text of written) expect(mask([secret], `<${text}>`)).toBe(`<${'*'.repeat(text.length)}>`)
    expect(mask(['bad \ud800 one'], 'x')).toBe('x')
  })

  test('covers exactly what occurrences cover', () => {
    fc.assert(
      fc.property(secretsArbitrary, word(0, 60), (secrets, text) => {
        const patterns = maskPatterns(secrets)
        expect(textOf(maskBytes(patterns, bytesOf(text)))).toBe(expected(patterns, text))
      }),
    )
  })
})

describe('masking a stream', () => {
  test('finds a secret split over pieces and holds back no more than it must', () => {
    const stream = new StreamMask(maskPatterns(['hunter22']))
    expect(textOf(stream.push({ offset: 0, bytes: bytesOf('pass hun') }).bytes)).toBe('pass ')
    const rest = stream.push({ offset: 8, bytes: bytesOf('ter22\n') })
    expect(rest.offset).toBe(5)
    expect(textOf(rest.bytes)).toBe('********\n')
    expect(textOf(stream.push({ offset: 14, bytes: bytesOf('plain\n') }).bytes)).toBe('plain\n')
  })

  test('gives the same as masking the whole, at the same offsets, however it is cut', () => {
    fc.assert(
      fc.property(secretsArbitrary, fc.array(word(0, 9), { maxLength: 12 }), (secrets, pieces) => {
        const patterns = maskPatterns(secrets)
        const { text, held, offsets } = pushed(patterns, pieces)
        const whole = textOf(maskBytes(patterns, bytesOf(pieces.join(''))))
        expect(offsets).toBe(true)
        expect(text).toBe(whole.slice(0, text.length))
        expect(patterns.some((pattern) => textOf(pattern).startsWith(held))).toBe(true)
      }),
    )
  })

  test('begins anew behind a gap', () => {
    const stream = new StreamMask(maskPatterns(['hunter22']))
    stream.push({ offset: 0, bytes: bytesOf('hunt') })
    const behind = stream.push({ offset: 100, bytes: bytesOf('er22') })
    expect([behind.offset, textOf(behind.bytes)]).toEqual([100, 'er22'])
  })
})

describe('masking what was kept of a stream', () => {
  const captured = (head: string, droppedBytes: number, tail: string) => ({
    ...{ head: bytesOf(head), tail: bytesOf(tail), droppedBytes },
    totalBytes: head.length + droppedBytes + tail.length,
  })
  const patterns = maskPatterns(['hunter22'])

  test('masks across the seam of head and tail', () => {
    const { head, tail } = maskCaptured(patterns, captured('a hunt', 0, 'er22 b'))
    expect([textOf(head), textOf(tail)]).toEqual(['a ****', '**** b'])
  })

  test('masks the pieces of a secret whose middle was dropped', () => {
    const { head, tail } = maskCaptured(patterns, captured('a hunter22 hunte', 10, '2 b hunter22'))
    expect([textOf(head), textOf(tail)]).toEqual(['a ******** *****', '* b ********'])
  })

  test('changes nothing where there are no secrets', () => {
    const whole = captured('a', 0, 'b')
    expect(maskCaptured([], whole)).toBe(whole)
  })
})
