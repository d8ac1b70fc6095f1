import { WorkflowFailedError, WorkflowUpdateFailedError } from '@temporalio/client'
import { CancelledFailure } from '@temporalio/common'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CommitSuiteError, invalidInput } from '../../src/contract/index.ts'
import { shaOf } from '../support/fake-activities.ts'
import { until } from '../support/until.ts'
import { startWorkflowBench, type WorkflowBench } from '../support/workflow-bench.ts'

let bench: WorkflowBench
beforeAll(async () => {
  bench = await startWorkflowBench()
})
afterAll(() => bench.stop())

/** A promise that a test resolves. */
function gate() {
  let open = () => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { opened, open }
}

const names = (commits: number, runs: number): string[] =>
  Array.from({ length: commits * runs }, (_, i) => `${shaOf(Math.floor(i / runs)).slice(0, 12)}.${i % runs}`)

describe('CommitSuite', () => {
  it('runs every commit under every seed once, with two lanes open and no more runs than its parallelism', async () => {
    const plan = { commits: 5, runs: 7, parallelism: 3 }
    await bench.withFakes({ plan }, async (journal, start) => {
      const handle = await start('fan-out')
      expect(await handle.result()).toEqual({ suite: 'fan-out', status: 'completed', verdicts: { passing: 5 } })
      expect(journal.runs.toSorted()).toEqual(names(5, 7))
      expect(journal.mostRuns).toBeLessThanOrEqual(3)
      expect(journal.mostLanes).toBe(2)
      expect(journal.released.toSorted()).toEqual([0, 1, 2, 3, 4].map(shaOf))
      expect(journal.completed).toEqual(['completed'])
    })
  })

  it('hands the slots of a draining lane to the next one', async () => {
    const slow = gate()
    const plan = { commits: 2, runs: 4, parallelism: 4 }
    const runSeed = (attempt: number, sha: string) =>
      sha === shaOf(0) && attempt === 0 ? slow.opened : Promise.resolve()
    await bench.withFakes({ plan, runSeed }, async (journal, start) => {
      const handle = await start('slots')
      const second = shaOf(1).slice(0, 12)
      await until('the second lane works while the first one drains', () =>
        [0, 1, 2, 3].every((attempt) => journal.runs.includes(`${second}.${attempt}`)),
      )
      expect(journal.runs).not.toContain(`${shaOf(0).slice(0, 12)}.0`)
      slow.open()
      await handle.result()
      expect(journal.runs.toSorted()).toEqual(names(2, 4))
    })
  })

  it('starts no run while paused, lets those in flight finish, and refuses to pause twice', async () => {
    const first = gate()
    const plan = { commits: 1, runs: 6, parallelism: 2 }
    let begun = 0
    const runSeed = async () => {
      begun++
      await first.opened
    }
    await bench.withFakes({ plan, runSeed }, async (journal, start) => {
      const handle = await start('pausing')
      await until('two runs are in flight', () => begun === 2)
      await handle.executeUpdate('pause')
      expect(await handle.query('progress')).toMatchObject({ status: 'paused', commits: 1, finished: 0 })
      await expect(handle.executeUpdate('pause')).rejects.toBeInstanceOf(WorkflowUpdateFailedError)
      first.open()
      await until('those in flight have finished', () => journal.runs.length === 2)
      await handle.executeUpdate('resume')
      // Every start comes after the resume, or `begun` would have passed 2 before it.
      await expect(handle.executeUpdate('resume')).rejects.toBeInstanceOf(WorkflowUpdateFailedError)
      await handle.result()
      expect(journal.runs.toSorted()).toEqual(names(1, 6))
      expect(journal.pauses).toEqual([true, false])
      expect(journal.mostRuns).toBe(2)
    })
  })

  it('queues runs ahead on a host whose slots bound it, and starts again what a pause held back there', async () => {
    const first = gate()
    let begun = 0
    let paused = false
    const runSeed = async () => {
      begun++
      await first.opened
    }
    const plan = { commits: 1, runs: 8, parallelism: 2 }
    await bench.withFakes({ plan, slots: 2, runSeed, holds: () => paused }, async (journal, start) => {
      const handle = await start('ahead')
      await until('the slots are taken', () => begun === 2)
      await handle.executeUpdate('pause')
      paused = true
      first.open()
      await until('what was queued is held', () => journal.runs.length === 2 && journal.held === 2)
      paused = false
      await handle.executeUpdate('resume')
      await handle.result()
      expect(journal.runs.toSorted()).toEqual(names(1, 8))
      expect(journal.mostRuns).toBe(2)
    })
  })

  it('cancels its runs, releases every lane and closes what was not run', async () => {
    const never = gate()
    const plan = { commits: 3, runs: 5, parallelism: 8 }
    let begun = 0
    const runSeed = async () => {
      begun++
      await never.opened
    }
    await bench.withFakes({ plan, runSeed }, async (journal, start) => {
      const handle = await start('cancelling')
      await until('both lanes run', () => begun === 8)
      await handle.cancel()
      const error: unknown = await handle.result().catch((thrown: unknown) => thrown)
      expect(error).toBeInstanceOf(WorkflowFailedError)
      expect(error instanceof WorkflowFailedError && error.cause).toBeInstanceOf(CancelledFailure)
      expect(journal.released.toSorted()).toEqual([shaOf(0), shaOf(1)])
      expect(journal.closed).toEqual([{ outcome: 'cancelled' }])
      expect(journal.completed).toEqual(['cancelled'])
      expect(journal.errors).toEqual([])
    })
  })

  it('fails with the code of bad input, before any lane exists', async () => {
    const admitSuite = () => Promise.reject(invalidInput('runs', 0, 'must be at least 1'))
    const plan = { commits: 1, runs: 1, parallelism: 1 }
    await bench.withFakes({ plan, admitSuite }, async (journal, start) => {
      const handle = await start('bad-input')
      await expect(handle.result()).rejects.toMatchObject({
        cause: { type: 'invalid_input', message: 'runs: 0 – must be at least 1.', nonRetryable: true },
      })
      expect(journal.failed).toMatchObject([{ fault: { code: 'invalid_input' }, cancelled: false }])
      expect(journal.mostLanes).toBe(0)
    })
  })

  it('judges a commit whose set-up failed at once and goes on with the others', async () => {
    const plan = { commits: 2, runs: 2, parallelism: 2 }
    const prepareCommit = async (sha: string) =>
      sha === shaOf(0) ? { ok: false as const, reason: 'setup_failed' } : { ok: true as const, treeKey: 'tree' }
    await bench.withFakes({ plan, prepareCommit }, async (journal, start) => {
      const result = await (await start('set-up')).result()
      expect(result).toMatchObject({ verdicts: { inconclusive: 1, passing: 1 } })
      expect(journal.failedCommits).toEqual(['setup_failed'])
      expect(journal.runs).toHaveLength(2)
      expect(journal.released).toHaveLength(2)
    })
  })

  it('records an error for a run that infrastructure could not carry through, and judges by the rest', async () => {
    const plan = { commits: 1, runs: 3, parallelism: 3 }
    const runSeed = async (attempt: number) => {
      if (attempt === 1) throw new CommitSuiteError('tries_used_up', 'The runner was lost 5 times.')
    }
    await bench.withFakes({ plan, runSeed }, async (journal, start) => {
      expect(await (await start('faults')).result()).toMatchObject({ status: 'completed' })
      expect(journal.errors).toEqual(['1: tries_used_up'])
      expect(journal.runs).toHaveLength(2)
    })
  })

  it('moves a lane to another host when nobody answers for its own', async () => {
    const plan = { commits: 1, runs: 4, parallelism: 2 }
    await bench.withFakes({ plan, hosts: ['gone'] }, async (journal, start) => {
      const handle = await start('moving')
      expect(await handle.result()).toMatchObject({ verdicts: { passing: 1 } })
      expect(journal.hosts).toEqual(['gone', 'test'])
      expect(journal.runs.toSorted()).toEqual(names(1, 4))
      expect(journal.released).toEqual([shaOf(0)])
    })
  }, 120_000)
})
