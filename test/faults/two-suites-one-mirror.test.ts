import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { expectEveryRunOnce } from '../support/every-run-once.ts'
import { FaultBench } from '../support/fault-suite.ts'

let bench: FaultBench
beforeAll(async () => {
  bench = await FaultBench.make({}, 3)
})
afterAll(() => bench.dispose())

describe('two suites that fetch one repository at once', () => {
  it('share its mirror, and both end with every run once', async () => {
    const suites = ['first', 'second']
    const ended = await Promise.all(suites.map((id) => bench.home.report(...bench.suite(id, 3, 'true'))))
    expect(ended.map(({ exitCode }) => exitCode)).toEqual([0, 0])
    for (const suite of suites) await expectEveryRunOnce(bench.store, suite, 3)
    const mirrors = await readdir(join(bench.home.config.stateDir, 'mirrors'))
    expect(mirrors.filter((name) => name.endsWith('.git'))).toHaveLength(1)
  })
})
