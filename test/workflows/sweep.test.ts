import { WorkflowFailedError } from '@temporalio/client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { FiringEnding, SweepActivities, SweepFiring } from '../../activities/sweep/api.ts'
import { CommitSuiteError, invalidInput, parseSweepRequest, type SuiteRequest } from '../../src/contract/index.ts'
import { hostTaskQueue, runWorkflowId, suiteWorkflowId, sweepScheduleId, TASK_QUEUE } from '../../src/contract/names.ts'
import { priorityOf } from '../../src/requests/priority.ts'
import { type SweepControl, sweepControl } from '../../src/temporal/sweeps.ts'
import type { SweepPlan } from '../../workflows/sweep-api.ts'
import { type FakeOptions, HOST, shaOf } from '../support/fake-activities.ts'
import { until } from '../support/until.ts'
import { startWorkflowBench, type WorkflowBench } from '../support/workflow-bench.ts'

let bench: WorkflowBench
let sweeps: SweepControl
beforeAll(async () => {
  // Each partition of a task queue has an order of its own, and a poll asks any of them.
  bench = await startWorkflowBench({
    settings: ['matching.numTaskqueueReadPartitions=1', 'matching.numTaskqueueWritePartitions=1'],
  })
  sweeps = sweepControl(bench.client.schedule)
})
afterAll(() => bench.stop())

/** Never fires by itself while the tests run. */
const asked = (name: string, more: object = {}) =>
  parseSweepRequest({ name, repo: '/repo', cron: '0 2 1 1 *', timezone: 'Europe/Berlin', ...more })

interface Seen {
  planned: SweepFiring[]
  concluded: Parameters<SweepActivities['concludeSweep']>[0][]
  endings: FiringEnding[]
  suites: Map<string, SuiteRequest>
}

interface Script {
  plan?: Partial<SweepPlan>
  planSweep?: SweepActivities['planSweep']
  suites?: Partial<FakeOptions>
}

/** Plays firings whose suites are of one commit and two runs. */
async function play<T>({ plan, planSweep, suites }: Script, test: (seen: Seen) => Promise<T>): Promise<T> {
  const seen: Seen = { planned: [], concluded: [], endings: [], suites: new Map() }
  const sweep: SweepActivities = {
    async planSweep(input) {
      seen.planned.push(input)
      if (planSweep !== undefined) return await planSweep(input)
      return {
        suite: { id: `s-of-${input.request.name}-${seen.planned.length}`, request: { repo: '/repo', seeds: [7, 8] } },
        ...{ priority: 4, fairnessKey: '/repo', searchable: true, repo: '/repo', summary: 'two runs', details: '' },
        ...plan,
      }
    },
    async concludeSweep(input) {
      seen.concluded.push(input)
      return { details: 'done', flaky: 2, fixed: 1 }
    },
    endSweep: async (ending) => void seen.endings.push(ending),
  }
  const admitSuite: FakeOptions['admitSuite'] = async ({ suite, request }) => void seen.suites.set(suite, request)
  const options = { plan: { commits: 1, runs: 2, parallelism: 2, priority: 4 }, admitSuite, ...suites, sweep }
  return await bench.withFakes(options, () => test(seen))
}

/** A firing by hand, to wait for. */
const fire = (name: string) =>
  bench.client.workflow.start('Sweep', {
    workflowId: `${sweepScheduleId(name)}-by-hand`,
    taskQueue: TASK_QUEUE,
    args: [asked(name), 'w-one'],
  })

describe('Sweep', () => {
  it('is fired by its schedule, and makes its runs as an ordinary suite behind others, fairly by repository', async () => {
    await play({}, async (seen) => {
      await sweeps.create(asked('fired'))
      await sweeps.trigger('fired')
      await until('it has fired', () => seen.concluded.length === 1)
      const instance = (await sweeps.get('fired'))?.instance
      expect(seen.planned[0]).toMatchObject({ sweep: instance, request: asked('fired') })
      expect(seen.planned[0]?.workflowId).toMatch(/^sweep\/fired-\d{4}-\d\d-\d\dT/)
      expect(seen.suites.get('s-of-fired-1')).toEqual({ repo: '/repo', seeds: [7, 8] })
      expect(seen.concluded[0]).toMatchObject({ sweep: instance, cut: false, firing: seen.planned[0]?.firing })
      const suite = await bench.client.workflow.getHandle(suiteWorkflowId('s-of-fired-1')).describe()
      const run = { suite: 's-of-fired-1', sha: shaOf(0), attempt: 1, generation: 0 }
      const { priority } = await bench.client.workflow.getHandle(runWorkflowId(run)).describe()
      for (const inherited of [suite.priority, priority]) {
        expect(inherited).toMatchObject({ priorityKey: 4, fairnessKey: '/repo' })
      }
      expect(seen.endings).toEqual([])
    })
  })

  it('cancels what has not ended when its budget of time is used up, and concludes from the rest', async () => {
    const held = async (attempt: number) => (attempt === 0 ? undefined : await new Promise<never>(() => undefined))
    const plan = { endsAtMs: Date.now() + 3_000 }
    await play({ plan, suites: { runSeed: held } }, async (seen) => {
      const firing = await fire('late')
      expect(await firing.result()).toEqual({ sweep: 'w-one', suite: 's-of-late-1', flaky: 2, fixed: 1 })
      expect(seen.concluded.map(({ cut }) => cut)).toEqual([true])
    })
  })

  it('fails with what it is refused for, and with what its suite is refused for', async () => {
    const failure = async (firing: Promise<unknown>) => {
      const error: unknown = await firing.catch((thrown: unknown) => thrown)
      return error instanceof WorkflowFailedError ? error.cause?.message : error
    }
    const refused = invalidInput('repo', '/repo', 'is not allowed', undefined, 'repo_not_allowed')
    const planSweep = () => Promise.reject(refused)
    await play({ planSweep }, async ({ endings }) => {
      expect(await failure((await fire('refused')).result())).toBe(refused.message)
      expect(endings).toMatchObject([{ status: 'failed', fault: { code: 'repo_not_allowed' }, sweep: 'w-one' }])
    })
    const admitSuite = () => Promise.reject(new CommitSuiteError('suite_conflict', 'the id is taken'))
    await play({ suites: { admitSuite } }, async ({ endings }) => {
      expect(await failure((await fire('conflict')).result())).toBe('the id is taken')
      expect(endings).toMatchObject([{ status: 'failed', fault: { code: 'suite_conflict' } }])
    })
  })

  it('is cancelled together with its suite', async () => {
    const runSeed = () => new Promise<never>(() => undefined)
    await play({ suites: { runSeed } }, async ({ endings, suites, concluded }) => {
      const firing = await fire('cancelled')
      await until('its suite has begun', () => suites.size === 1)
      await firing.cancel()
      await expect(firing.result()).rejects.toThrow(WorkflowFailedError)
      expect(endings).toMatchObject([{ status: 'cancelled' }])
      expect(concluded).toEqual([])
      const suite = await bench.client.workflow.getHandle(suiteWorkflowId('s-of-cancelled-1')).describe()
      expect(suite.status.name).toBe('CANCELLED')
    })
  })
})

describe('sweepControl', () => {
  it('creates, joins, changes, pauses with a note, and deletes; a schedule tells when it fires', async () => {
    const request = asked('steered', { cron: '30 2 * * *', jitterMs: 60_000, overlap: 'buffer-one' })
    expect(await sweeps.create(request)).toMatchObject({ joined: false, sweep: { request, paused: false, note: null } })
    expect(await sweeps.create(request)).toMatchObject({ joined: true })
    await expect(sweeps.create(asked('steered'))).rejects.toMatchObject({ code: 'sweep_conflict' })
    const described = await bench.client.schedule.getHandle('sweep/steered').describe()
    expect(described).toMatchObject({
      spec: { timezone: 'Europe/Berlin', jitter: 60_000 },
      policies: { overlap: 'BUFFER_ONE', catchupWindow: 86_400_000 },
      action: { workflowType: 'Sweep', workflowId: 'sweep/steered' },
    })
    const [next = '', ...more] = (await sweeps.get('steered'))?.nextRuns ?? []
    expect(new Date(next).toLocaleTimeString('en-GB', { timeZone: 'Europe/Berlin' })).toMatch(/^02:3[01]/)
    expect(more).toHaveLength(4)

    const paused = await sweeps.update('steered', { paused: true, note: 'main is frozen', cron: '@hourly' })
    expect(paused).toMatchObject({ paused: true, note: 'main is frozen', nextRuns: [], request: { cron: '@hourly' } })
    expect(await sweeps.update('steered', { budgetRuns: 9 })).toMatchObject({ paused: true, note: 'main is frozen' })
    const resumed = await sweeps.update('steered', { paused: false, budgetRuns: null })
    expect(resumed).toMatchObject({ paused: false, note: null, instance: paused.instance })
    expect(resumed.request.budgetRuns).toBeUndefined()
    await until('it is listed', async () => (await sweeps.list()).some(({ request: { name } }) => name === 'steered'))

    await sweeps.delete('steered')
    expect(await sweeps.get('steered')).toBeUndefined()
    for (const act of [() => sweeps.delete('steered'), () => sweeps.trigger('steered')]) {
      await expect(act()).rejects.toMatchObject({ code: 'sweep_not_found' })
    }
  })

  it('fires again after the firing under way, and makes all firings of a time that is past', async () => {
    const gate = Promise.withResolvers<void>()
    await play({ suites: { runSeed: () => gate.promise } }, async (seen) => {
      await sweeps.create(asked('twice', { cron: '0 2 * * *' }))
      await sweeps.trigger('twice')
      await until('the first has begun', () => seen.suites.size === 1)
      await sweeps.trigger('twice')
      gate.resolve()
      await until('both have ended', () => seen.concluded.length === 2)
      await sweeps.backfill('twice', { from: '2026-01-10T00:00:00+01:00', to: '2026-01-13T00:00:00+01:00' })
      await until('three more have ended', () => seen.concluded.length === 5)
      const backfilled = seen.planned.slice(2).map(({ workflowId }) => workflowId)
      expect(backfilled).toEqual(
        [10, 11, 12].map((day) => expect.stringContaining(`sweep/twice-2026-01-${day}T01:00:00Z`)),
      )
    })
  })
})

const RUNS = 10

/** Runs of two repositories wait for the one slot of their host, those of the first longest: who uses it, in order. */
async function order(...repositories: [repo: string, priority: number][]): Promise<string[]> {
  const gate = Promise.withResolvers<void>()
  const used: string[] = []
  const runSeed = async (_attempt: number, _sha: string, suite: string) => {
    await gate.promise
    used.push(suite)
  }
  return await bench.withFakes({ plan: { commits: 1, runs: RUNS, parallelism: RUNS }, slots: 1, runSeed }, async () => {
    const results: Promise<unknown>[] = []
    for (const [suite, priority] of repositories) {
      const runs = await Promise.all(attempts.map((attempt) => startRun(suite, attempt, priority)))
      results.push(...runs.map((run) => run.result()))
      // All but the one that has the slot.
      await until('all its runs wait', async () => (await waiting()) === results.length - 1)
    }
    gate.resolve()
    await Promise.all(results)
    return used
  })
}

const attempts = Array.from({ length: RUNS }, (_, attempt) => attempt)

/** With the priority that it would inherit from its suite. */
function startRun(suite: string, attempt: number, priority: number) {
  const run = { suite, sha: shaOf(0), attempt, generation: 0 }
  return bench.client.workflow.start('SeedRun', {
    ...{ workflowId: runWorkflowId(run), taskQueue: TASK_QUEUE, priority: priorityOf(`/${suite}`, priority) },
    args: [{ ...run, taskQueue: hostTaskQueue(HOST), treeKey: 'tree', timeoutMs: 60_000 }],
  })
}

/** `TASK_QUEUE_TYPE_ACTIVITY` of Temporal's API. */
const ACTIVITIES_OF_A_QUEUE = 2

/** Runs that the server has ready for the host: what it has only written down yet takes part in no order. */
async function waiting(): Promise<number> {
  const { stats } = await bench.client.workflowService.describeTaskQueue({
    namespace: 'default',
    taskQueue: { name: hostTaskQueue(HOST) },
    taskQueueType: ACTIVITIES_OF_A_QUEUE,
    reportStats: true,
  })
  return Number(stats?.approximateBacklogCount ?? 0)
}

describe('where all slots are taken', () => {
  it('runs of an interactive suite go before those of a sweep that wait longer', async () => {
    const used = await order(['sweep', 4], ['quick', 2])
    expect(used).toHaveLength(2 * RUNS)
    // One of the sweep is under way, and the next one may be on its way to the host.
    expect(used.lastIndexOf('quick')).toBeLessThan(RUNS + 2)
  })

  it('two repositories take turns, however much one of them has queued before', async () => {
    const used = await order(['large', 4], ['small', 4])
    expect(used).toHaveLength(2 * RUNS)
    // First come, first served would be none of them.
    expect(used.slice(0, RUNS).filter((suite) => suite === 'small').length).toBeGreaterThanOrEqual(3)
  })
})
