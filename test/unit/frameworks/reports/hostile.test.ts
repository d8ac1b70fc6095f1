import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RUN_TESTS_LIMITS } from '../../../../src/contract/index.ts'
import { readGoTests } from '../../../../src/frameworks/reports/go-tests.ts'
import { readJestTests } from '../../../../src/frameworks/reports/jest-tests.ts'
import { readJunitTests } from '../../../../src/frameworks/reports/junit-tests.ts'
import { REPORT_LIMITS, type Reading } from '../../../../src/frameworks/reports/reading.ts'
import { readTapTests } from '../../../../src/frameworks/reports/tap-tests.ts'
import { outline, sample } from './outline.ts'

const junit = (text: string) => readJunitTests(Buffer.from(text))
const READERS: Record<string, (text: string) => Reading | Promise<Reading>> = {
  junit,
  go: readGoTests,
  tap: readTapTests,
  jest: readJestTests,
}
const SAMPLES: Record<string, string> = {
  junit: sample('pytest.xml'),
  go: sample('go.jsonl'),
  tap: sample('node-24.tap'),
  jest: sample('jest.json'),
}

const cases = Object.keys(READERS).map((name) => ({
  name,
  read: READERS[name] ?? junit,
  text: SAMPLES[name] ?? '',
}))

describe.each(cases)('what is read as $name', ({ read, text }) => {
  it('may be anything', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string({ unit: 'binary' }), fc.string(), fc.json()), async (anything) => {
        expect(['tests', 'other', 'unreadable']).toContain((await read(anything)).type)
      }),
    )
  })

  it('may be a report in which something is cut out, doubled or changed', async () => {
    const place = fc.nat({ max: text.length })
    await fc.assert(
      fc.asyncProperty(
        place,
        fc.nat({ max: 200 }),
        fc.oneof(fc.string(), fc.constantFrom('\n', '<', '{', '    ', '\0')),
        async (at, length, put) => {
          const reading = await read(text.slice(0, at) + put + text.slice(at + length))
          // It has the form that stores rely on, whatever it says.
          outline(reading)
          outline(await read(text.slice(0, at + length) + text.slice(at)))
        },
      ),
      { numRuns: 60 },
    )
  })
})

describe('a report that is cut off', () => {
  it('tells of no test, wherever its end is', async () => {
    const ends = fc.double({ min: 0, max: 0.94, noNaN: true })
    await fc.assert(
      fc.asyncProperty(ends, fc.constantFrom('junit', 'tap', 'jest'), async (end, name) => {
        const text = SAMPLES[name] ?? ''
        const reading = await READERS[name]?.(text.slice(0, Math.floor(text.length * end)))
        expect(reading?.type).not.toBe('tests')
      }),
    )
  })

  it('of Go tells of no test unless all packages that began have ended', () => {
    const lines = SAMPLES.go?.split('\n') ?? []
    const within = lines.findIndex((line) => line.includes('"TestParallel/x"'))
    expect(readGoTests(lines.slice(0, within).join('\n'))).toEqual({
      type: 'unreadable',
      why: 'it ends before the tests of example.org/shop/a do',
    })
    const between = lines.findIndex((line) => line.includes('"start","Package":"example.org/shop/b"'))
    expect(outline(readGoTests(lines.slice(0, between).join('\n')))).toContain('+ example.org/shop/a::TestPrints')
  })

  it('of TAP says how far it went', () => {
    expect(readTapTests('1..3\nok 1 - a\nok 2 - b\n')).toEqual({
      type: 'unreadable',
      why: 'it ends after 2 of 3 planned tests',
    })
    expect(readTapTests('TAP version 14\nok 1 - a\n')).toEqual({ type: 'unreadable', why: 'it ends before its plan' })
    expect(readTapTests('1..2\nok 1 - a\nBail out! no database\n')).toEqual({
      type: 'unreadable',
      why: 'Bail out! no database',
    })
  })
})

describe('a hostile report', () => {
  it('cannot expand entities or reach other files', async () => {
    const entity = (definition: string) =>
      junit(`<!DOCTYPE x [${definition}]><testsuite><testcase name="&b;"/></testsuite>`)
    const bomb = await entity('<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">')
    expect(bomb).toMatchObject({ type: 'unreadable', why: /^Invalid character entity/ })
    expect(await entity('<!ENTITY b SYSTEM "file:///etc/passwd">')).toMatchObject({ type: 'unreadable' })
  })

  it('cannot expand aliases of YAML', () => {
    const levels = Array.from(
      { length: 12 },
      (_, index) => `  a${index + 1}: &a${index + 1} [${`*a${index},`.repeat(9)}]`,
    )
    const text = ['TAP version 14', 'not ok 1 - a', '  ---', '  a0: &a0 boom', ...levels, '  ...', '1..1', ''].join(
      '\n',
    )
    expect(outline(readTapTests(text))).toMatch(/^- a: /)
  })

  it('cannot have names that no person wrote, nor more tests than there are', async () => {
    const long = 'n'.repeat(REPORT_LIMITS.nameLength + 1)
    expect(await junit(`<testsuite><testcase name="${long}"/></testsuite>`)).toMatchObject({
      type: 'unreadable',
      why: `a name has ${long.length} characters`,
    })
    expect(readTapTests(`1..1\nok 1 - ${long}\n`)).toMatchObject({ type: 'unreadable', why: /^a line has/ })
    const event = (action: string, test?: string) =>
      JSON.stringify({ Time: 't', Action: action, Package: 'p', ...(test === undefined ? {} : { Test: test }) })
    expect(readGoTests(event('run', long))).toMatchObject({ type: 'unreadable', why: /^a name has/ })
    const many = Array.from({ length: RUN_TESTS_LIMITS.tests + 1 }, (_, index) => event('run', `T${index}`))
    expect(readGoTests(many.join('\n'))).toEqual({ type: 'unreadable', why: 'more than 200000 tests' })
  })

  it('cannot nest without end', async () => {
    const deep = '<testsuite>'.repeat(20_000) + '</testsuite>'.repeat(20_000)
    expect((await junit(deep)).type).toBe('unreadable')
    const tap = Array.from({ length: 3000 }, (_, depth) => `${'    '.repeat(depth)}# Subtest: s`).join('\n')
    expect(readTapTests(tap).type).toBe('unreadable')
    expect(readJestTests('['.repeat(200_000)).type).toBe('unreadable')
  })

  it('does not touch what all objects have in common', async () => {
    readJestTests('{"testResults":[{"name":"a","assertionResults":[],"__proto__":{"polluted":1}}]}')
    readTapTests('TAP version 14\nnot ok 1 - a\n  ---\n  __proto__:\n    polluted: 1\n  ...\n1..1\n')
    await junit(
      '<testsuite __proto__="a"><__proto__ polluted="1"/><testcase name="__proto__"><failure/></testcase></testsuite>',
    )
    expect(Reflect.get({}, 'polluted')).toBeUndefined()
  })
})
