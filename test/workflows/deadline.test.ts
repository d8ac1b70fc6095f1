import { WorkflowFailedError } from '@temporalio/client'
import { ApplicationFailure } from '@temporalio/common'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { until } from '../support/until.ts'
import { startWorkflowBench, type WorkflowBench } from '../support/workflow-bench.ts'

let bench: WorkflowBench
beforeAll(async () => {
  bench = await startWorkflowBench()
})
afterAll(() => bench.stop())

const forever = () => new Promise<void>(() => {})

describe('a suite with a deadline', () => {
  it('is ended when it passes: runs cancelled, lanes released, failed as timed out', async () => {
    const plan = { commits: 1, runs: 6, parallelism: 3, deadlineMs: 5000 }
    await bench.withFakes({ plan, runSeed: forever }, async (journal, start) => {
      const handle = await start('late')
      const error: unknown = await handle.result().catch((thrown: unknown) => thrown)
      expect(error).toBeInstanceOf(WorkflowFailedError)
      const cause = error instanceof WorkflowFailedError ? error.cause : undefined
      expect(cause).toBeInstanceOf(ApplicationFailure)
      expect(cause).toMatchObject({ type: 'job_timed_out', nonRetryable: true })
      // On a machine that is busy the lane may not have come as far as a host.
      expect(journal.released).toHaveLength(journal.hosts.length)
      expect(journal.closed).toEqual([{ outcome: 'cancelled' }])
      expect(journal.failed).toMatchObject([{ fault: { code: 'job_timed_out' }, cancelled: false }])
      expect(journal.runs).toEqual([])
      expect(journal.completed).toEqual([])
    })
  })

  it('completes where it ends in time', async () => {
    const plan = { commits: 1, runs: 3, parallelism: 3, deadlineMs: 3_600_000 }
    await bench.withFakes({ plan }, async (journal, start) => {
      expect(await (await start('in-time')).result()).toMatchObject({ status: 'completed' })
      expect(journal.completed).toEqual(['completed'])
      expect(journal.failed).toEqual([])
    })
  })

  it('is cancelled, not timed out, by someone who cancels it before', async () => {
    let begun = 0
    const plan = { commits: 1, runs: 2, parallelism: 2, deadlineMs: 3_600_000 }
    const runSeed = () => {
      begun++
      return forever()
    }
    await bench.withFakes({ plan, runSeed }, async (journal, start) => {
      const handle = await start('cancelled-early')
      await until('its runs are in flight', () => begun === 2)
      await handle.cancel()
      await expect(handle.result()).rejects.toBeInstanceOf(WorkflowFailedError)
      expect(journal.completed).toEqual(['cancelled'])
      expect(journal.failed).toEqual([])
    })
  })
})
