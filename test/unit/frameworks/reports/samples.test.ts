import { describe, expect, it } from 'vitest'
import { readGoTests } from '../../../../src/frameworks/reports/go-tests.ts'
import { readJestTests } from '../../../../src/frameworks/reports/jest-tests.ts'
import { readJunitTests } from '../../../../src/frameworks/reports/junit-tests.ts'
import { readTapTests } from '../../../../src/frameworks/reports/tap-tests.ts'
import { outline, sample } from './outline.ts'

const junit = async (name: string) => outline(await readJunitTests(Buffer.from(sample(name))))
const tap = (name: string) => outline(readTapTests(sample(name)))

describe('JUnit XML', () => {
  it('of pytest has parameters, set-ups and tear-downs that fail, and files that cannot be imported', async () => {
    expect(await junit('pytest.xml')).toMatchInlineSnapshot(`
      "+ tests.test_x::test_sound
      - tests.test_x::test_flaky: AssertionError: port 34287
      + tests.test_x::test_each[1]
      - tests.test_x::test_each[2]: assert 2 != 2
      + tests.test_x::test_each[a::b]
      - tests.test_x.TestA::test_b: KeyError: 'é\\x01'
      ~ tests.test_x.TestA::test_c
      ~ tests.test_x.TestA::test_d
      - tests.test_x.TestA::test_e: [XPASS(strict)]
      - tests.test_x::test_setup: failed on setup with "RuntimeError: no database at localhost:54321"
      - tests.test_x::test_teardown: failed on teardown with "OSError: cannot close"
      - tests.test_x::test_both: assert 0
      ! tests.test_y: ModuleNotFoundError: No module named 'nothing_like_this'"
    `)
  })

  it('of Surefire has failures that a repetition hides, and classes whose set-up failed', async () => {
    const files = ['surefire-CartTest.xml', 'surefire-CartTestInner.xml', 'surefire-SetUpTest.xml']
    const readings = await Promise.all(files.map((name) => readJunitTests(Buffer.from(sample(name)))))
    expect(outline(...readings)).toMatchInlineSnapshot(`
      "- org.example.CartTest::broken: AssertionFailedError: at port 4711 ==> expected: <1> but was: <2>
      + org.example.CartTest::adds
      + org.example.CartTest::each(int)[1]
      - org.example.CartTest::each(int)[2]: AssertionFailedError: expected: not equal but was: <2>
      - org.example.CartTest::flaky: IllegalStateException: first try
      - org.example.CartTest::throwsError: IllegalStateException: no connection to 127.0.0.1:54321
      ~ org.example.CartTest::skipped
      + org.example.CartTest$Inner::deep
      ! org.example.SetUpTest: IllegalStateException: no database"
    `)
  })

  it('of gotestsum has tests that did not end, and packages that did not build', async () => {
    expect(await junit('gotestsum.xml')).toMatchInlineSnapshot(`
      "- example.org/shop/a::TestTable/two_words: a_test.go:12: got 41, want 42
      - example.org/shop/a::TestTable: Failed
      - example.org/shop/a::ExampleHello: got:
      ~ example.org/shop/a::TestSkipped
      + example.org/shop/a::TestAdds
      + example.org/shop/a::TestTable/one
      + example.org/shop/a::TestParallel/x
      + example.org/shop/a::TestParallel/y
      + example.org/shop/a::TestParallel
      + example.org/shop/a::TestPrints
      - example.org/shop/b::TestPanics: panic: runtime error: invalid memory address or nil pointer dereference [recovered, repanicked]
      + example.org/shop/b::TestBefore
      ? example.org/shop/d::TestExits
      + example.org/shop/d::TestBefore
      ? example.org/shop/f::TestWaits
      ? example.org/shop/f::TestWaits/parallel
      ? example.org/shop/f::TestWaits/also
      ! example.org/shop/c: FAIL	example.org/shop/c [build failed]
      ! example.org/shop/f: panic: test timed out after 2s"
    `)
  })

  it('of Vitest has suites and files that failed among its tests', async () => {
    expect(await junit('vitest.xml')).toMatchInlineSnapshot(`
      "+ a.test.ts::adds
      + a.test.ts::outer > inner > deep
      - a.test.ts::outer > inner > deep failing: AssertionError: expected { a: 1, b: [ 1, 2 ] } to deeply equal { a: 1, b: [ 1, 3 ] }
      ~ a.test.ts::outer > skipped
      ~ a.test.ts::outer > todo
      - a.test.ts::outer > throws: TypeError: x is not a function
      + a.test.ts::outer > flaky
      ~ a.test.ts::set-up > never runs
      ! b.test.ts: Error: cannot load
      ! a.test.ts::set-up: Error: no database"
    `)
  })

  it('of jest-junit has its messages with the stacks', async () => {
    expect(await junit('jest-junit.xml')).toMatchInlineSnapshot(`
      "+ adds::adds
      + outer inner deep::outer inner deep
      - outer inner deep failing::outer inner deep failing: Error: expect(received).toEqual(expected) // deep equality
      ~ outer skipped::outer skipped
      + outer todo::outer todo
      - outer throws::outer throws: TypeError: x is not a function
      + outer each::outer each
      - set-up never runs::set-up never runs: Error: no database
      + flaky::flaky"
    `)
  })

  it('of Mocha has hooks among its tests, by both of its writers', async () => {
    expect(await junit('mocha-junit.xml')).toMatchInlineSnapshot(`
      "+ adds::adds
      - throws::outer throws: TypeError: x is not a function
      + flaky::outer flaky
      + deep::outer inner deep
      - deep failing # 1::outer inner deep failing # 1: AssertionError: Expected values to be strictly deep-equal:
      ! "before all" hook for "never runs"::set-up "before all" hook for "never runs": Error: no database"
    `)
    expect(await junit('mocha-xunit.xml')).toMatchInlineSnapshot(`
      "+ adds
      ~ outer::skipped
      ~ outer::pending
      - outer::throws: x is not a function
      + outer::flaky
      + outer inner::deep
      - outer inner::deep failing # 1: Expected values to be strictly deep-equal:
      ! set-up::"before all" hook for "never runs": no database"
    `)
  })

  it("of Node's runner has the names that its TAP has, whatever version wrote it", async () => {
    const names = async (name: string) =>
      (await junit(name))
        .replaceAll(/(- .*?): .*/g, '$1')
        .split('\n')
        .toSorted()
    const withoutSetUp = (lines: string[]) => lines.filter((line) => line !== '! set-up: no database')
    const byTap = withoutSetUp(
      tap('node-24.tap')
        .replaceAll(/(- .*?): .*/g, '$1')
        .split('\n')
        .toSorted(),
    )
    expect(await names('node-24.xml')).toEqual(byTap)
    const relative = (lines: string[]) =>
      lines.map((line) => line.replace(' /srv/state/trees/0123456789abcdef/tree/', ' '))
    expect(relative(await names('node-20.xml'))).toEqual(byTap)
  })
})

describe('lines of go test -json', () => {
  it('have subtests, panics, time limits, exits and packages that do not build', () => {
    expect(outline(readGoTests(sample('go.jsonl')))).toMatchInlineSnapshot(`
      "+ example.org/shop/a::TestAdds
      ~ example.org/shop/a::TestSkipped
      - example.org/shop/a::TestTable: a subtest failed
      + example.org/shop/a::TestTable/one
      - example.org/shop/a::TestTable/two_words: a_test.go:12: got 41, want 42
      + example.org/shop/a::TestParallel
      + example.org/shop/a::TestParallel/x
      + example.org/shop/a::TestParallel/y
      + example.org/shop/a::TestPrints
      - example.org/shop/a::ExampleHello: got:
      + example.org/shop/b::TestBefore
      - example.org/shop/b::TestPanics: panic: runtime error: invalid memory address or nil pointer dereference [recovered, repanicked]
      + example.org/shop/d::TestBefore
      ? example.org/shop/d::TestExits
      ? example.org/shop/f::TestWaits
      ? example.org/shop/f::TestWaits/parallel
      ? example.org/shop/f::TestWaits/also
      ! example.org/shop/c: c/c_test.go:5:32: undefined: undefined
      ! example.org/shop/d: FAIL	example.org/shop/d	0.002s
      ! example.org/shop/f: panic: test timed out after 2s"
    `)
  })
})

describe('TAP', () => {
  it("of Node's runner has subtests, tests to do, and files that fail as a whole", () => {
    expect(tap('node-24.tap')).toMatchInlineSnapshot(`
      "+ adds # 1
      - is broken: AssertionError: port 41234 at /tmp/abc123/x
      ~ is skipped
      ~ is todo
      + outer > inner > deep
      - outer > inner > deep failing: TypeError: x is not a function
      + outer > after inner
      - set-up > never runs: test did not finish before its parent and was cancelled
      + parent > child one
      - parent > child two: boom
      + last
      ! test/c.test.js: test failed
      ! test/d.test.js: test failed
      ! set-up: no database"
    `)
    expect(tap('node-20.tap')).toBe(tap('node-24.tap'))
  })

  it('of tape has assertions, which are put together by test', () => {
    expect(tap('tape.tap')).toMatchInlineSnapshot(`
      "+ adds
      - is broken: should be strictly equal (equal: expected 2, actual 1)
      - inner: should be deeply equivalent (deepEqual: expected { a: 2 }, actual { a: 1 })
      ~ todo"
    `)
  })

  it('of Mocha has messages, below the test in version 12', () => {
    expect(tap('mocha-13.tap')).toMatchInlineSnapshot(`
      "+ adds
      ~ outer skipped
      ~ outer pending
      - outer throws: TypeError: x is not a function
      + outer flaky
      + outer inner deep
      - outer inner deep failing 1: AssertionError: Expected values to be strictly deep-equal:
      ! set-up "before all" hook for "never runs": Error: no database"
    `)
    expect(tap('mocha-12.tap')).toMatchInlineSnapshot(`
      "+ adds
      ~ outer skipped
      ~ outer pending
      - outer throws: x is not a function
      + outer flaky
      + outer inner deep
      - outer inner deep failing 1: Expected values to be strictly deep-equal:
      ! set-up "before all" hook for "never runs": no database"
    `)
  })

  it('of AVA and Vitest has details in forms of their own', () => {
    expect(tap('ava.tap')).toMatchInlineSnapshot(`
      "~ skipped
      ~ todo
      + adds
      - is broken: AssertionError: t.is()
      + known to fail"
    `)
    expect(tap('vitest.tap')).toMatchInlineSnapshot(`
      "+ a.test.ts > adds
      + a.test.ts > outer > inner > deep
      - a.test.ts > outer > inner > deep failing: failed without a message
      ~ a.test.ts > outer > skipped
      ~ a.test.ts > outer > todo
      - a.test.ts > outer > throws: TypeError: x is not a function
      + a.test.ts > outer > flaky
      ~ a.test.ts > set-up > never runs
      - b.test.ts: Error: cannot load
      ! a.test.ts > set-up: failed without a message"
    `)
  })
})

describe('JSON', () => {
  it('of Jest tells which tests passed only when they were repeated', () => {
    expect(outline(readJestTests(sample('jest.json')))).toMatchInlineSnapshot(`
      "+ a.test.js::adds
      + a.test.js::outer > inner > deep
      - a.test.js::outer > inner > deep failing: Error: expect(received).toEqual(expected) // deep equality
      ~ a.test.js::outer > skipped
      ~ a.test.js::outer > todo
      - a.test.js::outer > throws: TypeError: x is not a function
      + a.test.js::outer > each
      - a.test.js::set-up > never runs: Error: no database
      - r.test.js::flaky: failed at first, passed when it was repeated
      ! b.test.js: cannot load"
    `)
  })

  it('of Vitest has the same form', () => {
    expect(outline(readJestTests(sample('vitest.json')))).toMatchInlineSnapshot(`
      "+ a.test.ts::adds
      + a.test.ts::outer > inner > deep
      - a.test.ts::outer > inner > deep failing: AssertionError: expected { a: 1, b: [ 1, 2 ] } to deeply equal { a: 1, b: [ 1, 3 ] }
      ~ a.test.ts::outer > skipped
      ~ a.test.ts::outer > todo
      - a.test.ts::outer > throws: TypeError: x is not a function
      + a.test.ts::outer > flaky
      ~ a.test.ts::set-up > never runs
      ! b.test.ts: cannot load"
    `)
  })
})
