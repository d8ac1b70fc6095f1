import { CancellationScope, condition, isCancellation } from '@temporalio/workflow'
import type { RunPool } from './run-pool.ts'

/**
 * Does the work of a pool until its evidence suffices: then no more runs are started, those in flight are cancelled and
 * counted nowhere, and this returns `decided` once they have ended. Runs go on while the evidence is looked at. Where the
 * number of runs is given nothing is added to history, otherwise 1 event a look: at most one look per run that has ended,
 * and four for as many runs as there are slots.
 */
export async function untilDecided<T>(pool: RunPool, work: () => Promise<T>): Promise<T | 'decided'> {
  if (!pool.evidence.decides) return await work()
  if (await pool.weighEvidence()) return 'decided'
  const working = new CancellationScope()
  let over = false
  const watch = async () => {
    while (!over && !(await pool.weighEvidence())) await condition(() => over || pool.hasNewEvidence)
    if (pool.evidence.isDecided) working.cancel()
  }
  // A look that fails costs runs, never a verdict; where the lane is cancelled the work says so too.
  const watching = watch().catch(() => undefined)
  let ended: T | 'decided' = 'decided'
  try {
    ended = await working.run(work)
  } catch (error) {
    if (!pool.evidence.isDecided || !isCancellation(error)) throw error
  } finally {
    over = true
    await watching
  }
  return pool.evidence.isDecided ? 'decided' : ended
}
