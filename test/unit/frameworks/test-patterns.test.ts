import { describe, expect, it } from 'vitest'
import type { ReportedTest } from '../../../src/frameworks/reports/junit-report.ts'
import { testPatterns } from '../../../src/frameworks/reports/test-patterns.ts'

const named = (classname: string, name: string, file = ''): ReportedTest => ({
  ...{ classname, name, file, outcome: 'failed' },
})
const PLAIN = named('tests.unit.test_x', 'test_flaky_a')
const matches = (pattern: string, test: ReportedTest) => testPatterns([pattern])(test)

describe('a glob over test names', () => {
  it.each([
    'test_flaky_a',
    'test_flaky_*',
    '*flaky*',
    '*',
    'test_flaky_?',
    'test_{flaky,slow}_*',
    'tests.unit.test_x::*',
    'tests.unit.test_x.*',
    'tests.unit.test_x.test_flaky_a',
    'tests/unit/test_x.py::test_flaky_a',
    'tests/unit/test_x.py::*',
    'tests/*',
    '**/test_x.py::*',
  ])('%s matches a test by one of its names', (pattern) => {
    expect(matches(pattern, PLAIN)).toBe(true)
  })

  it.each(['test_flaky', 'flaky*', 'tests.unit.test_x', 'tests.unit.test_y::*', 'TEST_FLAKY_A', '!other'])(
    '%s does not',
    (pattern) => {
      expect(matches(pattern, PLAIN)).toBe(false)
    },
  )

  it('finds methods of test classes', () => {
    const method = named('tests.test_x.TestA.TestInner', 'test_b')
    for (const pattern of [
      'tests/test_x.py::TestA::TestInner::test_b',
      'tests.test_x::TestA::*',
      'tests.test_x::*',
      'tests.test_x.TestA.*',
    ]) {
      expect({ pattern, matches: matches(pattern, method) }).toEqual({ pattern, matches: true })
    }
    expect(matches('tests.test_x::TestB::*', method)).toBe(false)
  })

  it('takes brackets as they are and as a set', () => {
    const parametrised = named('test_x', 'test_a[http://x/y-1]')
    expect(matches('test_a[http://x/y-1]', parametrised)).toBe(true)
    expect(matches('test_a[*]', parametrised)).toBe(true)
    expect(matches('test_a*', parametrised)).toBe(true)
    expect(matches('test_a[http*-2]', parametrised)).toBe(false)
    expect(matches('test_[ab]', named('test_x', 'test_b'))).toBe(true)
  })

  it('uses the file that a report names', () => {
    expect(matches('src/*.spec.ts::*', named('', 'adds up', 'src/sums.spec.ts'))).toBe(true)
  })

  it('never matches a test without a name', () => {
    expect(testPatterns(['*', '**'])(named('tests', ''))).toBe(false)
  })

  it('that is no sound glob matches what is written the same only', () => {
    expect(matches('test_a(', named('', 'test_a('))).toBe(true)
    expect(matches('[', named('', 'test_a'))).toBe(false)
  })
})
