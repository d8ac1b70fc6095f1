import { expect, it } from 'vitest'
import { chaos } from '../chaos/chaos.ts'

// `make chaos` in short: always the same faults, at other moments of the suites each time.

it('faults in all parts at once lose no run, count none twice, leave no gap and nothing behind', async () => {
  const { faults, suites, runs, suffered } = await chaos({ seed: 1, durationMs: 30_000, runs: 5 })
  expect(faults).toEqual([])
  expect(runs).toBe(suites * 3 * 5)
  expect(suites).toBeGreaterThanOrEqual(3)
  expect(new Set([...suffered.keys()].map((name) => name.split(/[- ]/)[0]))).toEqual(
    new Set(['database', 'worker', 'gateway', 'runner', 'temporal']),
  )
})
