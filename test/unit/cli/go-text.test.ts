import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createGoText } from '../../../src/cli/go-text.ts'

const EVENTS = readFileSync(join(import.meta.dirname, '../../fixtures/reports/go.jsonl'))

function written(bytes: Uint8Array, pieces: number[] = []): string {
  const go = createGoText()
  const parts: Uint8Array[] = []
  let at = 0
  for (const length of [...pieces, bytes.length]) {
    parts.push(go.push(bytes.subarray(at, at + length)))
    at += length
  }
  return Buffer.concat([...parts, go.end()]).toString('latin1')
}

it('events of go test -json are shown as what go test -v prints', () => {
  const text = written(EVENTS)
  expect(text).not.toContain('"Action"')
  expect(text).toContain(
    '=== RUN   TestTable/two_words\n    a_test.go:12: got 41, want 42\n--- FAIL: TestTable/two_words',
  )
  expect(text).toContain('c/c_test.go:5:32: undefined: undefined\n')
  expect(text).toContain('no newline at the end--- PASS: TestPrints')
})

it('other output stays as it is, other JSON included', () => {
  const other = '{"a":1}\n{"Action":"x"}\nplain \xff\n{ open\n{"Action":"output","Package":"p"'
  expect(written(Buffer.from(other, 'latin1'))).toBe(other)
  expect(written(Buffer.from('{"x'.repeat(200_000)))).toHaveLength(600_000)
})

it('what comes in pieces is shown the same', () => {
  const mixed = Buffer.concat([
    Buffer.from('go: downloading\n{'),
    EVENTS.subarray(0, 4000),
    Buffer.from('\nend'),
    EVENTS,
  ])
  fc.assert(
    fc.property(fc.array(fc.nat(300)), (pieces) => {
      expect(written(mixed, pieces)).toBe(written(mixed))
    }),
  )
})

it('a line that can be no event is shown before its end has come', () => {
  const go = createGoText()
  expect(Buffer.from(go.push(Buffer.from('waiting'))).toString()).toBe('waiting')
  expect(Buffer.from(go.push(Buffer.from('…\n{"Action"'))).toString()).toBe('…\n')
})
