import { type WorkflowExecutionInfo, WorkflowFailedError } from '@temporalio/client'
import { CancelledFailure } from '@temporalio/common'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RoundReference, SearchActivities, SearchEnding } from '../../activities/search/api.ts'
import { CommitSuiteError, invalidInput, type SearchRequest, type SuiteRequest } from '../../src/contract/index.ts'
import { searchWorkflowId, TASK_QUEUE } from '../../src/contract/names.ts'
import type { SearchDecision, SearchPlan } from '../../workflows/search-api.ts'
import { type FakeOptions, shaOf } from '../support/fake-activities.ts'
import { until } from '../support/until.ts'
import { startWorkflowBench, type WorkflowBench } from '../support/workflow-bench.ts'

let bench: WorkflowBench
beforeAll(async () => {
  bench = await startWorkflowBench()
})
afterAll(() => bench.stop())

/** Decisions of a search by round; the suites that its rounds ask for are of one run each. */
interface Script {
  decide: (asked: RoundReference) => SearchDecision
  plan?: Partial<SearchPlan>
  activities?: Partial<SearchActivities>
  suites?: Partial<FakeOptions>
}

interface Seen {
  rounds: RoundReference[]
  endings: SearchEnding[]
  requests: Map<string, SuiteRequest>
}

/** Plays a search with activities that follow the script. */
async function play<T>(
  { decide, plan, activities, suites }: Script,
  test: (seen: Seen, start: (id: string, request?: SearchRequest) => ReturnType<typeof startSearch>) => Promise<T>,
): Promise<T> {
  const seen: Seen = { rounds: [], endings: [], requests: new Map() }
  const search: SearchActivities = {
    admitSearch: async () => undefined,
    resolveRange: async (input) => ({
      ...{ search: input.search, repo: '/repo', command: { shell: 'make' }, commits: 9 },
      ...{ parallelism: 4, priority: 2, searchable: true, ...plan },
    }),
    async decideRound(asked) {
      seen.rounds.push(asked)
      return decide(asked)
    },
    endSearch: async (ending) => void seen.endings.push(ending),
    ...activities,
  }
  const admitSuite: FakeOptions['admitSuite'] = async ({ suite, request }) => void seen.requests.set(suite, request)
  const options = { plan: { commits: 1, runs: 2, parallelism: 2 }, admitSuite, ...suites, search }
  return await bench.withFakes(options, () => test(seen, startSearch))
}

const startSearch = (id: string, request: SearchRequest = { repo: '/repo' }) =>
  bench.client.workflow.start('CulpritSearch', {
    workflowId: searchWorkflowId(id),
    taskQueue: TASK_QUEUE,
    args: [request],
  })

const runs = (search: string, round: number, ...commits: number[]): SearchDecision => ({
  done: false,
  details: `round ${round}`,
  batches: commits.map((commit, index) => ({
    ...{ suite: `${search}-${round}-${index + 1}`, sha: shaOf(commit) },
    seeds: [10 * round + index, 10 * round + index + 5],
  })),
})
const found: SearchDecision = { done: true, details: '**culprit**', answer: 'culprit', culprit: shaOf(3) }

describe('CulpritSearch', () => {
  it('makes a suite for each commit of a round, and the next decision when all have ended', async () => {
    const decide: Script['decide'] = ({ search, round }) => (round < 2 ? runs(search, round + 1, round, 5) : found)
    await play({ decide }, async (seen, start) => {
      const request = {
        ...{ repo: '/repo', good: 'v1', bad: 'main', seed: 9, test: 'a', maxRuns: 50, confidence: 0.9 },
        ...{ env: { A: 'b' }, timeoutMs: 5_000, workdir: 'sub', setup: null },
      }
      const handle = await start('c-rounds', request)
      expect(await handle.result()).toEqual({
        ...{ search: 'c-rounds', status: 'completed', answer: 'culprit', culprit: shaOf(3) },
      })
      expect(seen.rounds.map(({ round, faults, cut }) => ({ round, faults, cut }))).toEqual(
        [0, 1, 2].map((round) => ({ round, faults: [], cut: false })),
      )
      expect([...seen.requests.keys()].toSorted()).toEqual([
        'c-rounds-1-1',
        'c-rounds-1-2',
        'c-rounds-2-1',
        'c-rounds-2-2',
      ])
      // What the search asks for of its runs, and nothing that is the search's own.
      expect(seen.requests.get('c-rounds-2-1')).toEqual({
        ...{ repo: '/repo', env: { A: 'b' }, timeoutMs: 5_000, workdir: 'sub', setup: null },
        ...{ command: { shell: 'make' }, commits: [shaOf(1)], seeds: [20, 25], parallelism: 2 },
        partOf: { kind: 'search', id: 'c-rounds', round: 2 },
      })
      expect(seen.endings).toEqual([{ search: 'c-rounds', status: 'completed' }])
    })
  })

  it('tells what runs while it runs, and shows what is known', async () => {
    let open = () => {}
    const opened = new Promise<void>((resolve) => {
      open = resolve
    })
    const decide: Script['decide'] = ({ search, round }) => (round < 1 ? runs(search, 1, 4, 5) : found)
    await play({ decide, suites: { runSeed: () => opened } }, async (_, start) => {
      const handle = await start('c-progress')
      await until('both suites are open', async () => {
        const progress = await handle.query<{ open: string[] }>('progress').catch(() => ({ open: [] }))
        return progress.open.length === 2
      })
      expect(await handle.query('progress')).toEqual({
        ...{ search: 'c-progress', status: 'running', commits: 9, rounds: 0, open: [shaOf(4), shaOf(5)] },
      })
      expect(await handle.query('__temporal_workflow_metadata')).toMatchObject({ currentDetails: 'round 1' })
      open()
      await handle.result()
    })
  })

  it('hands on what went wrong with a suite, and goes on', async () => {
    const decide: Script['decide'] = ({ search, round }) => (round < 1 ? runs(search, 1, 4, 5) : found)
    const admitSuite: FakeOptions['admitSuite'] = async ({ suite }) => {
      if (suite.endsWith('-2'))
        throw invalidInput('projectType', 'x', 'is no template', undefined, 'template_not_found')
    }
    await play({ decide, suites: { admitSuite } }, async (seen, start) => {
      await (await start('c-faults')).result()
      expect(seen.rounds[1]?.faults).toEqual([
        { suite: 'c-faults-1-2', code: 'template_not_found', message: 'projectType: "x" – is no template.' },
      ])
    })
  })

  it('cancels its runs, waits for their clean-up and is cancelled', async () => {
    let begun = 0
    const runSeed = async () => {
      begun++
      await new Promise(() => {})
    }
    const decide: Script['decide'] = ({ search }) => runs(search, 1, 4, 5)
    const search = { decide, suites: { runSeed } }
    await play(search, async (seen, start) => {
      const handle = await start('c-cancelled')
      await until('all runs have begun', () => begun === 4)
      await handle.cancel()
      const error: unknown = await handle.result().catch((thrown: unknown) => thrown)
      expect(error instanceof WorkflowFailedError && error.cause).toBeInstanceOf(CancelledFailure)
      expect(seen.endings).toEqual([{ search: 'c-cancelled', status: 'cancelled' }])
      for (const suite of ['c-cancelled-1-1', 'c-cancelled-1-2']) {
        const child = await bench.client.workflow.getHandle(`suite/${suite}`).describe()
        expect(child.status.name).toBe('CANCELLED')
      }
    })
  })

  it('cuts the round at the end of its time, and asks for the answer then', async () => {
    let begun = 0
    const runSeed = async () => {
      begun++
      await new Promise(() => {})
    }
    const decide: Script['decide'] = ({ search, cut }) => (cut ? found : runs(search, 1, 4))
    // From the first decision on, so that the round is under way by then.
    const resolveRange: SearchActivities['resolveRange'] = async ({ search }) => ({
      ...{ search, repo: '/repo', command: { shell: 'make' }, commits: 9, parallelism: 4, priority: 2 },
      ...{ searchable: false, endsAtMs: Date.now() + 1_500 },
    })
    await play({ decide, activities: { resolveRange }, suites: { runSeed } }, async (seen, start) => {
      expect(await (await start('c-late')).result()).toMatchObject({ status: 'completed', answer: 'culprit' })
      expect(begun).toBe(2)
      expect(seen.rounds.map(({ round, cut }) => ({ round, cut }))).toEqual([
        { round: 0, cut: false },
        { round: 1, cut: true },
      ])
    })
  })

  it('fails with the code of bad input, before any run', async () => {
    const admitSearch = () => Promise.reject(invalidInput('good', 'x', 'is not an ancestor of bad'))
    await play({ decide: () => found, activities: { admitSearch } }, async (seen, start) => {
      await expect((await start('c-bad')).result()).rejects.toMatchObject({
        cause: { type: 'invalid_input', message: 'good: "x" – is not an ancestor of bad.', nonRetryable: true },
      })
      expect(seen.endings).toMatchObject([{ search: 'c-bad', status: 'failed', fault: { code: 'invalid_input' } }])
      expect(seen.rounds).toEqual([])
    })
  })

  it('fails where a decision says that it goes on in vain', async () => {
    const decide: Script['decide'] = ({ search, round }) => {
      if (round === 1) throw new CommitSuiteError('setup_failed', 'none of 10 commits can be tested')
      return runs(search, 1, 4)
    }
    await play({ decide }, async (seen, start) => {
      await expect((await start('c-vain')).result()).rejects.toMatchObject({ cause: { type: 'setup_failed' } })
      expect(seen.endings).toMatchObject([{ status: 'failed', fault: { code: 'setup_failed' } }])
    })
  })

  it('continues as new between rounds before its history grows too large, and loses no round', async () => {
    const rounds = 16
    // Long lists of seeds fill a history as many rounds would.
    const seeds = Array.from({ length: 30_000 }, (_, index) => 1_000_000_000 + index)
    const decide: Script['decide'] = ({ search, round }) =>
      round < rounds
        ? { done: false, details: '', batches: [{ suite: `${search}-${round + 1}-1`, sha: shaOf(1), seeds }] }
        : found
    const plan = { commits: 1, runs: 1, parallelism: 1 }
    await play({ decide, suites: { plan } }, async (seen, start) => {
      expect(await (await start('c-long')).result()).toMatchObject({ answer: 'culprit' })
      expect(seen.rounds.map(({ round }) => round)).toEqual(Array.from({ length: rounds + 1 }, (_, round) => round))
      const executions: WorkflowExecutionInfo[] = []
      await until('all executions are visible', async () => {
        executions.length = 0
        const query = `WorkflowId = "${searchWorkflowId('c-long')}"`
        for await (const execution of bench.client.workflow.list({ query })) executions.push(execution)
        return executions.some(({ status }) => status.name === 'COMPLETED')
      })
      expect(executions.filter(({ status }) => status.name === 'CONTINUED_AS_NEW').length).toBeGreaterThan(0)
    })
  })
})
