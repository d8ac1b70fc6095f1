import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { judgeReports } from '../../../src/frameworks/reports/judge-reports.ts'
import { REPORT_LIMITS } from '../../../src/frameworks/reports/reading.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reports-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

async function judge(texts: string[], patterns: string[], longestMs?: number) {
  const files = texts.map((_, index) => ({ name: `${index}.xml`, path: join(folder, `${index}.xml`) }))
  for (const [index, { path }] of files.entries()) await writeFile(path, texts[index] ?? '')
  return await judgeReports({ files, patterns }, longestMs)
}

const suite = (...tests: string[]) => `<testsuite>${tests.join('')}</testsuite>`
const passed = (name: string) => `<testcase name="${name}"/>`
const failed = (name: string, text = '') => `<testcase name="${name}"><failure message="${text}"/></testcase>`

describe('reports of a run', { timeout: 180_000 }, () => {
  it('are held against patterns, all of them together', async () => {
    const reports = [suite(passed('a'), failed('flaky_a')), '<coverage/>', suite(failed('flaky_b'))]
    expect(await judge(reports, ['flaky_*'])).toEqual({
      reports: 2,
      failing: 2,
      quarantined: 0,
      notIgnored: 0,
      unreadable: [],
    })
    expect(await judge(reports, ['flaky_a'])).toMatchObject({ notIgnored: 1 })
  })

  it('may be none', async () => {
    const none = { reports: 0, failing: 0, quarantined: 0, notIgnored: 0, unreadable: [] }
    expect(await judge([], ['*'])).toEqual(none)
    expect(await judge(['<coverage/>'], ['*'])).toEqual(none)
    expect(await judge([suite(passed('a'))], ['*'])).toEqual({ ...none, reports: 1 })
  })

  it('that cannot be read are named', async () => {
    const { unreadable } = await judge([suite(failed('a')), '<testsuite>'], ['*'])
    expect(unreadable).toEqual([{ name: '1.xml', why: expect.stringMatching(/^Unclosed root tag/) }])
    const gone = await judgeReports({ files: [{ name: 'x.xml', path: join(folder, 'gone') }], patterns: ['*'] })
    expect(gone.unreadable).toEqual([{ name: 'x.xml', why: expect.stringMatching(/ENOENT/) }])
  })

  it('are too many, or too large, beyond their bounds', async () => {
    const one = suite(failed('a'))
    expect((await judge(Array<string>(99).fill(one), ['a'])).unreadable).toEqual([])
    expect((await judge(Array<string>(100).fill(one), ['a'])).unreadable).toHaveLength(1)
    const large = suite(failed('a', 'x'.repeat(REPORT_LIMITS.fileBytes)))
    expect((await judge([large], ['a'])).unreadable).toEqual([
      { name: '0.xml', why: expect.stringMatching(/bytes are too many$/) },
    ])
    const half = suite(...Array<string>(REPORT_LIMITS.tests / 2 + 1).fill(passed('a')))
    expect((await judge([half, half], ['a'])).unreadable).toEqual([
      { name: '1.xml', why: expect.stringMatching(/tests are too many$/) },
    ])
  })

  it('of 20 MiB are read, and the process goes on meanwhile', async () => {
    const text = 'm'.repeat(170)
    const large = suite(...Array.from({ length: 90_000 }, (_, index) => failed(`flaky_${index}`, text)))
    expect(large.length).toBeGreaterThan(0.95 * REPORT_LIMITS.fileBytes)
    expect(large.length).toBeLessThan(REPORT_LIMITS.fileBytes)
    let turns = 0
    const turning = setInterval(() => {
      turns += 1
    }, 10)
    const judgement = await judge([large], ['flaky_*'], 50_000)
    clearInterval(turning)
    expect(judgement).toEqual({ reports: 1, failing: 90_000, quarantined: 0, notIgnored: 0, unreadable: [] })
    // It takes seconds: were it done here, there would be a handful of turns.
    expect(turns).toBeGreaterThan(20)
  })

  it('cannot take all memory', async () => {
    const many = suite('<testcase a=""/>'.repeat(1_250_000))
    expect((await judge([many], ['*'], 50_000)).unreadable).toHaveLength(1)
    expect(await judge([suite(failed('a'))], ['a'])).toMatchObject({ failing: 1, unreadable: [] })
  })

  it('cannot take all of the stack or the time', async () => {
    const deep = '<testsuite>'.repeat(500_000) + '</testsuite>'.repeat(500_000)
    expect((await judge([deep], ['*'], 50_000)).unreadable).toMatchObject([{ why: /stack/ }])
    const slow = ['*a'.repeat(500).concat('b')]
    expect((await judge([suite(failed('a'.repeat(100_000)))], slow, 2000)).unreadable).toMatchObject([
      { why: 'reading takes longer than 2000 ms' },
    ])
    expect(await judge([suite(failed('a'))], ['a'])).toMatchObject({ failing: 1, unreadable: [] })
  })
})
