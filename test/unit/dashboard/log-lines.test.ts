import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { findLines, firstFailure, LogLines, plainLine } from '../../../src/dashboard/log/log-lines.ts'

const ESC = '\u001b'
const linesOf = (...pieces: string[]): string[] => {
  const log = new LogLines()
  for (const piece of pieces) log.append(piece)
  return log.lines
}

describe('output in lines', () => {
  test('is the same however it is cut into pieces', () => {
    const text = fc.array(fc.constantFrom('a', 'bc', '\n', `${ESC}[31m`, `${ESC}[0m`, '\r'), { maxLength: 40 })
    fc.assert(
      fc.property(text, (parts) => {
        expect(linesOf(...parts)).toEqual(linesOf(parts.join('')))
      }),
    )
  })

  test('has no line after its last', () => {
    expect(linesOf('a\nb\n')).toEqual(['a', 'b'])
    expect(linesOf('a\n', '\n', 'b')).toEqual(['a', '', 'b'])
    expect(linesOf('')).toEqual([])
  })

  test('carries a colour on until it is reset', () => {
    expect(linesOf(`${ESC}[31mone\ntwo${ESC}[0m\nthree`)).toEqual([`${ESC}[31mone`, `${ESC}[31mtwo${ESC}[0m`, 'three'])
  })

  test('carries on no more of colours than anybody sees', () => {
    const [, second = ''] = linesOf(`${`${ESC}[31m`.repeat(10_000)}\nnext`)
    expect(second.length).toBeLessThan(200)
    expect(plainLine(second)).toBe('next')
  })
})

test('a search sees what is shown, whatever its case and colours', () => {
  expect(findLines(['one', `${ESC}[1mT${ESC}[0mwo`, 'twofold'], 'TWO')).toEqual([1, 2])
  expect(findLines(['one'], '')).toEqual([])
})

describe('the failure', () => {
  test.each([
    ['unittest', ['...F', '=====', 'FAIL: test_lane (tests.Routing)', 'Traceback (most recent call last):'], 2],
    ['pytest', ['collected 3 items', 'E       assert 1 == 2', 'FAILED tests/test_a.py'], 1],
    ['go', ['=== RUN   TestA', '--- FAIL: TestA (0.00s)'], 1],
    ['node', ['ok 1 - a', 'not ok 2 - b'], 1],
    ['jest', ['PASS a.test.js', 'FAIL b.test.js'], 1],
  ])('of %s is found by how it looks', (_framework, lines, at) => {
    expect(firstFailure(lines, [])).toBe(at)
  })

  test('is found by the message of the test before anything that only looks like one', () => {
    expect(firstFailure(['ERROR in a log', 'boom: lane 3 is taken', 'FAILED'], ['boom: lane 3 is taken\n  at x'])).toBe(
      1,
    )
  })

  test('is nowhere in the output of a run that passed', () => {
    expect(firstFailure(['3 passed', 'no error'], ['short'])).toBeUndefined()
  })
})
