import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fingerprintOf, normaliseMessage } from '../../../../src/frameworks/reports/fingerprint.ts'

const letters = (min: number, max: number) =>
  fc.string({ unit: fc.constantFrom(...'abcdefghijklmnopqrstuvwxyz'), minLength: min, maxLength: max })
const hex = (length: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: length, maxLength: length })
/** Letters and digits in turns, as random names have them. */
const randomName = fc
  .array(fc.tuple(letters(1, 3), fc.integer({ min: 0, max: 99 })), { minLength: 3, maxLength: 5 })
  .map((parts) => parts.flat().join(''))

/** What differs from one failure to the next, by kind. */
const NOISE: Record<string, fc.Arbitrary<string>> = {
  number: fc.oneof(fc.integer().map(String), fc.double({ noNaN: true, noDefaultInfinity: true }).map(String)),
  address: fc.integer({ min: 16, max: 2 ** 40 }).map((value) => `0x${value.toString(16)}`),
  uuid: fc.uuid(),
  timestamp: fc.oneof(
    fc.date({ min: new Date(0), max: new Date('2090-01-01'), noInvalidDate: true }).map((date) => date.toISOString()),
    fc.date({ min: new Date(0), max: new Date('2090-01-01'), noInvalidDate: true }).map((date) => date.toUTCString()),
  ),
  duration: fc
    .tuple(fc.integer({ min: 0, max: 9999 }), fc.constantFrom('ns', 'µs', 'ms', 's', 'm', ' seconds', ' ms'))
    .map(([value, unit]) => `${value}${unit}`),
  'temporary path': fc
    .tuple(fc.constantFrom('/tmp/', '/var/tmp/', '/var/folders/', '/srv/state/runs/0f3a/tmp/'), letters(1, 9), hex(8))
    .map(([folder, name, random]) => `${folder}${name}${random}/file.txt`),
  'quoted random string': randomName.map((name) => `'${name}'`),
  'random name': randomName,
  port: fc.integer({ min: 1024, max: 65_535 }).map((port) => `localhost:${port}`),
  'line of a stack': fc
    .tuple(fc.nat(9999), fc.nat(99))
    .map(([line, column]) => `at check (src/a.ts:${line}:${column})`),
  'list of numbers': fc.array(fc.integer(), { minLength: 2, maxLength: 9 }).map((values) => `[${values.join(', ')}]`),
}

const exception = fc
  .tuple(fc.constantFrom('Key', 'Value', 'Type', 'Assertion', 'Runtime', 'IllegalState'), letters(0, 4))
  .map(([name, more]) => `${name}${more}Error`)
const words = fc.array(letters(2, 8), { minLength: 1, maxLength: 6 }).map((list) => list.join(' '))

describe('a fingerprint', () => {
  it.each(Object.keys(NOISE))('is the same whatever the %s', (kind) => {
    const noise = NOISE[kind] ?? fc.constant('')
    fc.assert(
      fc.property(exception, words, noise, noise, words, (name, before, one, other, after) => {
        const message = (middle: string) => `${name}: ${before} ${middle} ${after}`
        expect(fingerprintOf(message(one))).toBe(fingerprintOf(message(other)))
      }),
    )
  })

  it('differs where the exception or the words do', () => {
    fc.assert(
      fc.property(exception, exception, words, words, fc.integer(), (one, other, said, saidElse, number) => {
        fc.pre(one !== other && said !== saidElse)
        const first = fingerprintOf(`${one}: ${said} ${number}`)
        expect(fingerprintOf(`${other}: ${said} ${number}`)).not.toBe(first)
        expect(fingerprintOf(`${one}: ${saidElse} ${number}`)).not.toBe(first)
      }),
    )
  })

  it('is that of the normalised message, which is normal', () => {
    const anything = fc.oneof(
      fc.string({ maxLength: 300 }),
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc
        .array(fc.oneof(...Object.values(NOISE), words, fc.constantFrom("'", '\n', ', ', '-', '<n>', '…')))
        .map((parts) => parts.join(' ')),
      fc.array(fc.oneof(...Object.values(NOISE), words)).map((parts) => parts.join('')),
    )
    fc.assert(
      fc.property(anything, (message) => {
        const normal = normaliseMessage(message)
        expect(normaliseMessage(normal)).toBe(normal)
        expect(fingerprintOf(normal)).toBe(fingerprintOf(message))
      }),
      { numRuns: 1000 },
    )
  })

  it('has 12 hex digits and stays what it is from one version to the next', () => {
    expect(fingerprintOf('AssertionError: expected 3 to be 4')).toBe('7557a9e17699')
  })

  it('looks at the first lines only, below which differences and stacks stand', () => {
    const first = 'AssertionError: lists differ\n\nassert one == other\n  - a'
    expect(fingerprintOf(`${first}\n  + b`)).toBe(fingerprintOf(`${first}\n  + c\n  + d`))
  })

  it('reads as the message does', () => {
    const seen = [
      "AssertionError: port 34287\nassert '/tmp/tmp2utczs1_' == '/tmp/tmp2utc...8303028199517'",
      'IllegalStateException: no connection to 127.0.0.1:54321 after 30.5s at 2026-11-29T12:17:06.34Z',
      "KeyError: 'session-9f8e7d6c5b'",
      'context deadline exceeded (Client.Timeout exceeded while awaiting headers) 1m2.5s',
      'TypeError: Cannot read properties of undefined (reading "sha256sum") at Object.get (/app/a.js:10:3)',
      'got [1, 2, 3], want [3, 1]; utf8 and v2 stay words; in Decimal 5; on May 3',
    ]
    expect(seen.map(normaliseMessage)).toMatchInlineSnapshot(`
      [
        "AssertionError: port <n>
      assert '<path>' == '<path>'",
        "IllegalStateException: no connection to <n>:<n> after <duration> at <time>",
        "KeyError: '<string>'",
        "context deadline exceeded (Client.Timeout exceeded while awaiting headers) <duration>",
        "TypeError: Cannot read properties of undefined (reading "<string>") at Object.get (/app/a.js:<n>:<n>)",
        "got [<n>…], want [<n>…]; utf<n> and v<n> stay words; in Decimal <n>; on <time>",
      ]
    `)
  })

  it('takes no longer for what was written to take long', () => {
    for (const piece of ['a1', "'", '/a', '1:', '0x', ' 1 Jan', '\\tmp', '1.', '<n> ', 'A', '"a-', '-1']) {
      const before = performance.now()
      fingerprintOf(piece.repeat(200_000))
      expect(performance.now() - before).toBeLessThan(1000)
    }
  })
})
