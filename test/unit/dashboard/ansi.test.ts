import { describe, expect, test } from 'vitest'
import { ansiSpans, shownText } from '../../../src/dashboard/components/ansi-spans.ts'

const ESC = '\u001b'

describe('output of tests', () => {
  test('keeps its colours as classes of a fixed set', () => {
    expect(ansiSpans(`${ESC}[31mred${ESC}[0m plain ${ESC}[1;92mbold${ESC}[0m`)).toEqual([
      { text: 'red', classes: 'fg-ansi-red' },
      { text: ' plain ', classes: '' },
      { text: 'bold', classes: 'fg-ansi-bright-green ansi-bold' },
    ])
  })

  test.each([
    ['markup', '<img src=x onerror=alert(1)>', '<img src=x onerror=alert(1)>'],
    ['a link of a terminal', `${ESC}]8;;javascript:alert(1)${ESC}\\click${ESC}]8;;${ESC}\\`, 'click'],
    ['a title of a window', `${ESC}]0;title\u0007text`, 'text'],
    ['a title that never ends', `text${ESC}]0;title`, 'text'],
    ['moves of the cursor', `a${ESC}[2J${ESC}[1;1Hb${ESC}[?25lc`, 'abc'],
    ['a device control string', `a${ESC}Pq#0;2;0;0;0${ESC}\\b`, 'ab'],
    ['a lone escape', `a${ESC}`, 'a'],
    ['control characters', 'a\u0000b\u0008c\u009bd', 'a�b�c�d'],
    ['what turns text round', 'a\u202eb\u2066c', 'a�b�c'],
    ['a progress bar that overwrites itself', '10 %\r50 %\r100 %\r\n', '100 %\n'],
  ])('is text: %s', (_what, output, shown) => {
    expect(
      ansiSpans(output)
        .map(({ text }) => text)
        .join(''),
    ).toBe(shown)
  })

  test('names no class that is not ours, whatever its colours', () => {
    const output = Array.from(
      { length: 256 },
      (_, code) => `${ESC}[${code}mx${ESC}[38;5;${code}my${ESC}[48;2;1;2;${code}mz`,
    )
    const classes = ansiSpans(output.join('')).flatMap((span) => span.classes.split(' ').filter((name) => name !== ''))
    for (const name of classes) expect(name).toMatch(/^(?:(?:fg|bg)-ansi-(?:bright-)?[a-z]+|ansi-[a-z]+)$/)
    expect(classes).toContain('fg-ansi-red')
  })

  test('of a sequence without an end is lost to the end of its line, and no further', () => {
    expect(shownText(`a${ESC}]0;title\nb${ESC}Pdata\nc`)).toBe('a\nb\nc')
  })
})
