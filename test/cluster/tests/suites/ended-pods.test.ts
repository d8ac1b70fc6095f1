import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RunResult } from '../../../../src/contract/index.ts'
import { PodBench } from '../../support/pod-bench.ts'

let bench: PodBench
beforeAll(async () => {
  bench = await PodBench.make({})
})
afterAll(() => bench.dispose())

async function resultsOf(id: string, command: string, runs: number, ...more: string[]): Promise<RunResult[]> {
  await bench.home.cli(...bench.suite(id, command, runs, ...more))
  return await bench.store.results.list({ suite: id, limit: runs })
}

describe.each(['pod', 'warm'])('in %s pods', (isolation) => {
  it.each(['TERM', 'INT'])('a test that tells the first process of its pod to end, by %s, crashed', async (signal) => {
    const id = bench.id(`${isolation}-${signal.toLowerCase()}`)
    // Only once its start is on record: a pod that ends before that has tested nothing, as far as anybody knows.
    const command = `pwd; until [ -e go ]; do sleep 0.1; done; kill -${signal} 1; sleep 60`
    await bench.home.cli(...bench.suite(id, command, 1, '--isolation', isolation, '--detach'))
    await bench.untilRunning(id, 1)
    await bench.touch(id, 'go')
    await bench.home.cli('watch', id)
    const results = await bench.store.results.list({ suite: id, limit: 1 })
    expect(results).toMatchObject([{ outcome: 'crashed', reason: 'signal', tries: 1 }])
  })
})

it('what a run of a warm pod writes beside its tree is gone for the next one', async () => {
  const command = 'ls -A .. >../seen.$$; ls -A .. | grep -c seen >../count; test "$(cat ../count)" = 1'
  const results = await resultsOf(bench.id('beside'), command, 4, '--isolation', 'warm', '--parallelism', '1')
  expect(results.map(({ outcome }) => outcome)).toEqual(Array(4).fill('passed'))
  expect(new Set(results.map(({ node }) => node)).size).toBe(1)
})
