import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readTallies, type Tally, totalLine, writeTally } from '../../../scripts/tally.ts'

const tally = (name: string, passed: number, failed: string[] = [], skipped: string[] = []): Tally => ({
  name,
  passed,
  failed,
  skipped,
})

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'commit-suite-tally-'))
})
afterEach(() => rm(dir, { recursive: true, force: true }))

const summarise = (...args: string[]) =>
  execa(process.execPath, ['scripts/ci-summary.ts', ...args, dir], { reject: false })

describe('tallies', () => {
  it('are read back as written, by name', async () => {
    const written = [tally('e2e', 2, ['a: broke']), tally('unit', 40, [], ['b: no bash here'])]
    for (const one of written.toReversed()) await writeTally(dir, one)
    expect(await readTallies(dir)).toEqual(written)
  })

  it('that are not tallies are refused', async () => {
    await writeFile(join(dir, 'unit.tally.json'), '{"name": "unit", "passed": -1}')
    await expect(readTallies(dir)).rejects.toThrow(/passed/)
  })

  it('add up in one line', () => {
    expect(totalLine([tally('a', 2, ['x']), tally('b', 3, ['y', 'z'], ['s'])])).toBe('5 passed, 3 failed, 1 skipped')
    expect(totalLine([])).toBe('0 passed, 0 failed, 0 skipped')
  })
})

describe('the summary of CI', () => {
  it('passes when everything expected ran and passed', async () => {
    await writeTally(dir, tally('unit', 3))
    const { exitCode, stdout } = await summarise('--expect', 'unit')
    expect([exitCode, stdout]).toEqual([0, '3 passed, 0 failed, 0 skipped'])
  })

  it('fails for one skipped test and names it', async () => {
    await writeTally(dir, tally('unit', 3, [], ['test/a.test.ts > needs a network: none here']))
    const { exitCode, stdout } = await summarise('--expect', 'unit')
    expect(exitCode).toBe(1)
    expect(stdout).toContain('[unit] test/a.test.ts > needs a network: none here')
    expect(stdout.split('\n').at(-1)).toBe('3 passed, 0 failed, 1 skipped')
  })

  it('fails for a group that left no result and for a step that failed', async () => {
    await writeTally(dir, tally('unit', 3))
    const { exitCode, stdout } = await summarise('--expect', 'unit', '--expect', 'root', '--failed', 'make setup')
    expect(exitCode).toBe(1)
    expect(stdout).toContain('root: left no result')
    expect(stdout.split('\n').at(-1)).toBe('3 passed, 2 failed, 0 skipped')
  })
})
