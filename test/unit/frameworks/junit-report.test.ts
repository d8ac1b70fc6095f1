import { describe, expect, it } from 'vitest'
import { readJunit } from '../../../src/frameworks/reports/junit-report.ts'

const read = (text: string) => readJunit(Buffer.from(text))
const PYTEST = `<?xml version="1.0" encoding="utf-8"?><testsuites name="pytest tests"><testsuite name="pytest" errors="1"
failures="1" skipped="1" tests="4"><testcase classname="tests.test_x" name="test_a[1]" time="0.001" />
<testcase classname="tests.test_x.TestB" name="007" time="0.1"><failure message="assert &lt;1&gt;">trace</failure></testcase>
<testcase classname="tests.test_x" name="test_c"><skipped type="pytest.skip" message="no"/></testcase>
<testcase classname="tests.test_x" name="test_d"><error message="failed on setup"/></testcase>
</testsuite></testsuites>`

describe('a JUnit report', () => {
  it('lists tests with their outcome, names as they are written', async () => {
    expect(await read(PYTEST)).toEqual({
      type: 'report',
      tests: [
        { classname: 'tests.test_x', name: 'test_a[1]', file: '', outcome: 'passed' },
        { classname: 'tests.test_x.TestB', name: '007', file: '', outcome: 'failed' },
        { classname: 'tests.test_x', name: 'test_c', file: '', outcome: 'skipped' },
        { classname: 'tests.test_x', name: 'test_d', file: '', outcome: 'error' },
      ],
    })
  })

  it('may have one suite as its root, suites within suites, and files', async () => {
    const text = `<testsuite name="a" failures="1" file="a.js"><testsuite name="b" failures="1">
      <testcase name="inner" file="b.js"><failure/></testcase></testsuite><testcase name="outer"/></testsuite>`
    expect(await read(text)).toEqual({
      type: 'report',
      tests: [
        { classname: '', name: 'inner', file: 'b.js', outcome: 'failed' },
        { classname: '', name: 'outer', file: 'a.js', outcome: 'passed' },
      ],
    })
  })

  it('has a nameless failing test where a suite fails by itself or counts more failures than it shows', async () => {
    const nameless = { classname: 's', name: '', file: '', outcome: 'error' }
    expect(await read('<testsuite name="s"><error/><testcase name="a"/></testsuite>')).toMatchObject({
      tests: [{ name: 'a', outcome: 'passed' }, nameless],
    })
    const counted = '<testsuite name="s" failures="2"><testcase name="a"><failure/></testcase></testsuite>'
    expect(await read(counted)).toMatchObject({ tests: [{ name: 'a', outcome: 'failed' }, nameless] })
    const root = '<testsuites name="s" errors="1"><testsuite><testcase name="a"/></testsuite></testsuites>'
    expect(await read(root)).toMatchObject({ tests: [{ outcome: 'passed' }, nameless] })
  })

  it('is read in the encoding it has or names', async () => {
    const named = (encoding: string) =>
      `<?xml version="1.0" encoding="${encoding}"?><testsuite><testcase name="größe"/></testsuite>`
    const sources = [
      Buffer.from(named('UTF-8')),
      Buffer.from(`\ufeff${named('utf-8')}`),
      Buffer.from(named('ISO-8859-1'), 'latin1'),
      Buffer.from(named('UTF-16'), 'utf16le'),
      Buffer.from(`\ufeff${named('UTF-16')}`, 'utf16le'),
      Buffer.from(named('UTF-16'), 'utf16le').swap16(),
      Buffer.from(`\ufeff${named('UTF-16')}`, 'utf16le').swap16(),
      Buffer.from(named('utf-16')),
    ]
    for (const bytes of sources) expect(await readJunit(bytes)).toMatchObject({ tests: [{ name: 'größe' }] })
    expect(await read(named('x-unknown'))).toMatchObject({ type: 'unreadable', why: /x-unknown/ })
    expect(await readJunit(Buffer.from([0x3c, 0x61, 0xff, 0xfe, 0x3e]))).toMatchObject({ type: 'unreadable' })
  })
})

describe('what is no sound report', () => {
  it('is other XML, or unreadable with the reason', async () => {
    expect(await read('<coverage><testsuite/></coverage>')).toEqual({ type: 'other' })
    expect(await read('')).toEqual({ type: 'unreadable', why: 'it is empty' })
    expect(await read(PYTEST.slice(0, -30))).toMatchObject({ type: 'unreadable', why: /^Unclosed root tag/ })
    expect(await read('1 passed')).toMatchObject({ type: 'unreadable' })
    expect(await read('<testsuite system-out="x"/>')).toMatchObject({ type: 'unreadable' })
    expect(await read('<testsuite><testcase name="a"')).toMatchObject({ type: 'unreadable' })
  })

  it('cannot expand entities or reach other files', async () => {
    const entity = (definition: string) =>
      read(`<!DOCTYPE x [${definition}]><testsuite><testcase name="&b;"/></testsuite>`)
    const bomb = await entity('<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">')
    expect(bomb).toMatchObject({ type: 'unreadable', why: /^Invalid character entity/ })
    expect(await entity('<!ENTITY b SYSTEM "file:///etc/passwd">')).toMatchObject({ type: 'unreadable' })
  })

  it('does not touch what all objects have in common', async () => {
    const text = '<testsuite __proto__="a" constructor="b"><__proto__ polluted="1"/><testcase name="a"/></testsuite>'
    await read(text)
    expect(Reflect.get({}, 'polluted')).toBeUndefined()
  })
})
