import { WorkflowFailedError, type WorkflowHandle, WorkflowUpdateFailedError } from '@temporalio/client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { invalidInput } from '../../src/contract/index.ts'
import { suiteWorkflowId, TASK_QUEUE } from '../../src/contract/names.ts'
import { type FakeOptions, shaOf } from '../support/fake-activities.ts'
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

const run = (position: number, attempt: string): string => `${shaOf(position).slice(0, 12)}.${attempt}`

/** Bookkeeping may be repeated after a slow workflow task, with the same effect. */
const distinct = <T>(values: readonly T[]): T[] => [...new Set(values)]

/** Starts a suite's workflow again, as `extend` does with one that has ended. */
const extend = (id: string, extension: object): Promise<WorkflowHandle> =>
  bench.client.workflow.start('CommitSuite', {
    workflowId: suiteWorkflowId(id),
    taskQueue: TASK_QUEUE,
    args: [{ repo: '/repo' }, null, extension],
  })

const plan = (runs: number, commits = 2) => ({ commits, runs, parallelism: 4 })

describe('an extended suite', () => {
  it('that has ended runs again under its id, from the attempts added on', async () => {
    const admitExtension = async () => ({ plan: { runs: 5, from: 3 } })
    await bench.withFakes({ plan: plan(3), admitExtension }, async (journal, start) => {
      await (await start('again')).result()
      const first = journal.runs.splice(0)
      expect(first).toHaveLength(6)
      const result = await (await extend('again', { number: 1, runs: 2 })).result()
      expect(result).toEqual({ suite: 'again', status: 'completed', verdicts: { passing: 2 } })
      expect(journal.runs.toSorted()).toEqual([run(0, '3'), run(0, '4'), run(1, '3'), run(1, '4')])
      expect(distinct(journal.judgedAt)).toEqual([0, 1])
      expect(distinct(journal.endedAt)).toEqual([0, 1])
    })
  })

  it('repeats what is unfinished in the generation that is next, reading it in slices', async () => {
    const many = 600
    const lost = Array.from({ length: many }, (_, attempt): [number, number] => [attempt, attempt % 2])
    const queries: number[] = []
    const unfinished: FakeOptions['unfinished'] = ({ sha, after, below, limit, errors }) => {
      queries.push(after)
      expect({ below, errors }).toEqual({ below: many, errors: true })
      return sha === shaOf(0) ? lost.filter(([attempt]) => attempt > after).slice(0, limit) : []
    }
    const admitExtension = async () => ({ plan: { runs: many, from: many, errors: true } })
    const options = { plan: { ...plan(many), parallelism: 40 }, admitExtension, unfinished }
    await bench.withFakes(options, async (journal) => {
      await (await extend('repeat', { number: 1, errors: true })).result()
      const wanted = lost.map(([attempt, generation]) => run(0, generation === 0 ? `${attempt}` : `${attempt}.g1`))
      expect(journal.runs.toSorted()).toEqual(wanted.toSorted())
      // The lane of the commit that lacks nothing is judged without a place of its own.
      expect(journal.released).toEqual([shaOf(0)])
      expect(distinct(journal.judgedAt)).toEqual([1])
      expect(distinct(queries).toSorted((a, b) => a - b)).toEqual([-1, 499])
    })
  }, 180_000)

  it('that is open goes through its commits once more, however often it was extended meanwhile', async () => {
    const slow = gate()
    let begun = 0
    const runSeed = async () => {
      begun++
      await slow.opened
    }
    const admitExtension: FakeOptions['admitExtension'] = async ({ number, errors = false }) => ({
      plan: number === 1 ? { runs: 3, from: 2, errors } : { runs: 3, from: 3, errors },
    })
    const unfinished: FakeOptions['unfinished'] = ({ sha, after, errors }) =>
      errors && sha === shaOf(1) && after < 0 ? [[0, 1]] : []
    await bench.withFakes({ plan: plan(2), runSeed, admitExtension, unfinished }, async (journal, start) => {
      const handle = await start('open')
      await until('both lanes run', () => begun === 4)
      await handle.executeUpdate('extend', { args: [{ number: 1, runs: 1 }] })
      await handle.executeUpdate('extend', { args: [{ number: 2, errors: true }] })
      expect(journal.judgedAt).toEqual([])
      slow.open()
      expect(await handle.result()).toMatchObject({ status: 'completed', verdicts: { passing: 2 } })
      expect(journal.runs.slice(4).toSorted()).toEqual([run(0, '2'), run(1, '0.g1'), run(1, '2')])
      expect(distinct(journal.judgedAt)).toEqual([0, 2])
      expect(distinct(journal.endedAt)).toEqual([2])
    })
  })

  it('may be extended before it has begun', async () => {
    const slow = gate()
    const admitExtension = async () => ({ plan: { runs: 2, from: 1 } })
    const admitSuite = () => slow.opened
    await bench.withFakes({ plan: plan(1, 1), admitExtension, admitSuite }, async (journal, start) => {
      const handle = await start('queued')
      const extended = handle.executeUpdate('extend', { args: [{ number: 1, runs: 1 }] })
      slow.open()
      await extended
      await handle.result()
      expect(journal.runs.toSorted()).toEqual([run(0, '0'), run(0, '1')])
    })
  })

  it('that is paused goes on numbering its pauses where it left off', async () => {
    const slow = gate()
    const admitExtension = async () => ({ plan: { runs: 2, from: 1 }, pauses: 4 })
    let begun = 0
    const runSeed = async () => {
      begun++
      await slow.opened
    }
    await bench.withFakes({ plan: plan(1, 1), admitExtension, runSeed }, async (journal) => {
      const handle = await extend('paused', { number: 1, runs: 1 })
      await until('its run has begun', () => begun === 1)
      await handle.executeUpdate('pause')
      await handle.executeUpdate('resume')
      slow.open()
      await handle.result()
      expect(distinct(journal.pausedAt)).toEqual([5, 6])
    })
  })

  it('closes what an extension has opened when it is cancelled, and no run is left', async () => {
    const never = gate()
    let begun = 0
    const runSeed = async () => {
      begun++
      await never.opened
    }
    const admitExtension = async () => ({ plan: { runs: 4, from: 2 } })
    await bench.withFakes({ plan: plan(2), runSeed, admitExtension }, async (journal) => {
      const handle = await extend('cancelled', { number: 1, runs: 2 })
      await until('the new runs are in flight', () => begun === 4)
      await handle.cancel()
      await expect(handle.result()).rejects.toBeInstanceOf(WorkflowFailedError)
      expect(journal.closed).toEqual([{ outcome: 'cancelled' }])
      expect(distinct(journal.completed)).toEqual(['cancelled'])
      expect(distinct(journal.endedAt)).toEqual([1])
    })
  })

  it('is as it was where the extension is refused, whether it has ended or is open', async () => {
    const slow = gate()
    const admitExtension = async () => {
      throw invalidInput('runs', 9, 'is too many', undefined, 'suite_too_large')
    }
    const runSeed = () => slow.opened
    await bench.withFakes({ plan: plan(1, 1), admitExtension, runSeed }, async (journal, start) => {
      const handle = await start('refused')
      const refused = handle.executeUpdate('extend', { args: [{ number: 1, runs: 9 }] })
      await expect(refused).rejects.toBeInstanceOf(WorkflowUpdateFailedError)
      await expect(refused).rejects.toMatchObject({ cause: { type: 'suite_too_large' } })
      slow.open()
      await handle.result()
      const again = await extend('refused', { number: 1, runs: 9 })
      await expect(again.result()).rejects.toMatchObject({
        cause: { type: 'suite_too_large', message: 'runs: 9 – is too many.', details: [{ field: 'runs', value: 9 }] },
      })
      expect(journal.failed).toEqual([])
      expect(distinct(journal.completed)).toEqual(['completed'])
      expect(distinct(journal.endedAt)).toEqual([0])
    })
  })

  it('counts the runs of a commit whose set-up now fails as errors, and judges by the earlier ones', async () => {
    const admitExtension = async () => ({ plan: { runs: 3, from: 1 } })
    const prepareCommit = async () => ({ ok: false as const, reason: 'setup_failed' })
    await bench.withFakes({ plan: plan(1, 1), admitExtension, prepareCommit }, async (journal) => {
      await (await extend('set-up', { number: 1, runs: 2 })).result()
      expect(journal.closed).toEqual([{ sha: shaOf(0), outcome: 'error' }])
      expect(distinct(journal.failedCommits)).toEqual(['setup_failed'])
    })
  })
})
