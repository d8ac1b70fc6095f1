import { mkdtemp, open, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { RUN_TESTS_LIMITS, runTestsSchema } from '../../../src/contract/index.ts'
import { type RunReports, readRunTests } from '../../../src/frameworks/reports/read-run-tests.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reports-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

async function written(texts: Record<string, string | Uint8Array>) {
  const files = Object.keys(texts).map((name, index) => ({ name, path: join(folder, String(index)) }))
  for (const { name, path } of files) await writeFile(path, texts[name] ?? '')
  return files
}

const read = async (texts: Record<string, string>, run: Partial<RunReports> = {}, longestMs?: number) =>
  await readRunTests({ files: await written(texts), framework: null, ...run }, longestMs)

const printed = (text: string) => ({ head: Buffer.from(text), tail: Buffer.alloc(0), droppedBytes: 0 })
const suite = (...tests: string[]) => `<testsuite name="s">${tests.join('')}</testsuite>`
const passed = (name: string) => `<testcase classname="c" name="${name}"/>`
const failed = (name: string, message = 'no') =>
  `<testcase classname="c" name="${name}"><failure message="${message}"/></testcase>`
const go = (...events: [action: string, test?: string][]) =>
  events.map(([Action, Test]) => JSON.stringify({ Time: 't', Action, Package: 'p', Test })).join('\n')

const NONE = { ran: [], failed: [], failedBeyond: [], skipped: [], outsideTests: [], unreadable: [], order: [] }

describe('the tests of a run', { timeout: 180_000 }, () => {
  it('are those of all its reports; one that failed once has failed', async () => {
    const tests = await read({
      'a.xml': suite(passed('a'), failed('b', 'first'), passed('b'), '<testcase name="d"><skipped/></testcase>'),
      'b.xml': suite(passed('b'), failed('a', 'late'), '<testcase name="d"/>'),
      'other.xml': '<coverage/>',
      'notes.txt': 'ok',
    })
    expect(runTestsSchema.parse(tests)).toEqual({
      ...NONE,
      ran: ['c::a', 'c::b', 'd'],
      failed: [
        { id: 'c::a', fingerprint: expect.stringMatching(/^[0-9a-f]{12}$/), message: 'late' },
        { id: 'c::b', fingerprint: expect.stringMatching(/^[0-9a-f]{12}$/), message: 'first' },
      ],
    })
  })

  it('are unknown where there is no report', async () => {
    expect(await read({})).toBeUndefined()
    expect(await read({ 'a.xml': '<coverage/>' }, { stdout: printed('all fine\nok\n') })).toBeUndefined()
  })

  it('stand in order where one report tells it and the framework keeps it', async () => {
    const xml = suite(passed('z'), failed('a'))
    expect(await read({ 'a.xml': xml }, { framework: 'pytest' })).toMatchObject({
      order: ['c::z', 'c::a'],
      failed: [{ id: 'c::a', order: 1 }],
    })
    expect((await read({ 'a.xml': xml }, { framework: 'maven' }))?.order).toEqual([])
    expect((await read({ 'a.xml': xml, 'b.xml': suite(passed('y')) }, { framework: 'pytest' }))?.order).toEqual([])
  })

  it('come from the report that was asked for, whatever else lies there', async () => {
    const tests = await read({ 'junit.xml': suite(failed('stray')), 'sub/commit-suite-junit.xml': suite(passed('a')) })
    expect(tests).toEqual({ ...NONE, ran: ['c::a'] })
  })

  it('come from what was printed where no file tells them', async () => {
    const tap = printed('> shop@1.0.0 test\n\nTAP version 13\nok 1 - a\n1..1\n')
    expect(await read({ 'a.xml': '<coverage/>' }, { stdout: tap })).toMatchObject({ ran: ['a'], order: ['a'] })
    expect(await read({ 'a.xml': suite(passed('b')) }, { stdout: tap })).toEqual({ ...NONE, ran: ['c::b'] })
    const events = printed(`go: downloading\n${go(['run', 'TestA'], ['pass', 'TestA'], ['pass'])}`)
    expect(await read({}, { stdout: events })).toMatchObject({ ran: ['p::TestA'] })
    expect(await read({ 'a.xml': suite(failed('b')) }, { stdout: events, framework: 'go' })).toMatchObject({
      ran: ['p::TestA'],
      failed: [],
    })
  })

  it('are unknown where the middle of what was printed is missing', async () => {
    const stdout = { ...printed(go(['run', 'TestA'], ['pass', 'TestA'], ['pass'])), droppedBytes: 7 }
    const why = '7 bytes in the middle of the output were not kept'
    expect(await read({}, { stdout })).toEqual({ ...NONE, unreadable: [{ name: 'stdout', why }] })
  })

  it('do not hold secrets, wherever a test prints them', async () => {
    const text = suite(
      failed('of hunter22', `a password &quot;hunter22&quot; ${'x'.repeat(600)}`),
      '<testcase name="hunter22"/>',
    )
    const tests = await read({ 'a.xml': text, 'b.json': '{"numTotalTests": hunter22' }, { secrets: ['hunter22'] })
    expect(JSON.stringify(tests)).not.toContain('hunter')
    expect(tests).toMatchObject({
      ran: ['c::of ********', '********'],
      failed: [{ message: expect.stringMatching(/^a password "\*{8}" x+…$/) }],
      unreadable: [{ name: 'b.json' }],
    })
  })

  it('fit into what stores take', async () => {
    const names = Array.from({ length: RUN_TESTS_LIMITS.failures + 3 }, (_, index) => `t${index}`)
    const long = ['n'.repeat(2000), `${'n'.repeat(1999)}m`]
    const control = 'a&#9;b'
    const tests = runTestsSchema.parse(
      await read({ 'a.xml': suite(...names.map((name) => failed(name)), ...[...long, control].map(passed)) }),
    )
    expect(tests.failed).toHaveLength(RUN_TESTS_LIMITS.failures)
    expect(tests.failedBeyond).toEqual(['c::t2000', 'c::t2001', 'c::t2002'])
    expect(new Set(tests.ran).size).toBe(names.length + 3)
    expect(tests.ran.at(-1)).toBe('c::a b')
  })
})

describe('a report that cannot be read', { timeout: 180_000 }, () => {
  it('is named, and nothing of it counts', async () => {
    const tests = await read({ 'a.xml': suite(passed('a'), failed('b')), 'cut.xml': suite(passed('c')).slice(0, -5) })
    expect(tests).toMatchObject({
      ran: ['c::a', 'c::b'],
      unreadable: [{ name: 'cut.xml', why: expect.stringMatching(/^Unclosed root tag/) }],
    })
    const gone = await readRunTests({ files: [{ name: 'x.xml', path: join(folder, 'gone') }], framework: null })
    expect(gone).toMatchObject({ ran: [], unreadable: [{ name: 'x.xml', why: expect.stringMatching(/ENOENT/) }] })
  })

  it('may have 500 MB', async () => {
    const path = join(folder, 'huge.xml')
    const file = await open(path, 'w')
    await file.truncate(500_000_000)
    await file.close()
    const tests = await readRunTests({ files: [{ name: 'huge.xml', path }], framework: 'pytest' })
    expect(tests).toEqual({ ...NONE, unreadable: [{ name: 'huge.xml', why: '500000000 bytes are too many' }] })
    const kept = await read({ 'a.xml': suite(passed('a')) }, { leftOut: ['huge.xml', 'video.webm'] })
    expect(kept).toEqual({
      ...NONE,
      ran: ['c::a'],
      unreadable: [{ name: 'huge.xml', why: 'it is too large to be kept' }],
    })
  })

  it('takes no other with it when it takes all memory or all time', async () => {
    const much = suite('<testcase a=""/>'.repeat(1_250_000))
    const tests = await read({ 'much.xml': much, 'a.xml': suite(passed('a')) }, {}, 150_000)
    expect(tests).toMatchObject({ ran: ['c::a'], unreadable: [{ name: 'much.xml' }] })
    // Looking for the paths of a tree in such a name takes seconds, and there are many.
    const slow = suite(...Array.from({ length: 100 }, (_, index) => passed(`${'/a'.repeat(32_000)}/tree/${index}`)))
    const late = await read({ 'a.xml': suite(passed('a')), 'slow.xml': slow, 'b.xml': suite(passed('b')) }, {}, 30_000)
    expect(late).toMatchObject({
      ran: ['c::a', 'c::b'],
      unreadable: [{ name: 'slow.xml', why: 'reading takes longer than 10000 ms' }],
    })
  })

  it('says where there may be more reports than were kept', async () => {
    const many = Object.fromEntries(
      Array.from({ length: 100 }, (_, index) => [`${index}.xml`, suite(passed(`t${index}`))]),
    )
    const tests = await read(many)
    expect(tests?.ran).toHaveLength(100)
    expect(tests?.unreadable).toEqual([{ name: 'reports', why: expect.stringMatching(/^100 files/) }])
  })
})
