import { activityInfo } from '@temporalio/activity'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { IsolationActivities, IsolationEnding } from '../../activities/isolation/api.ts'
import { CommitSuiteError, type IsolationRequest, invalidInput, type SuiteRequest } from '../../src/contract/index.ts'
import { isolationWorkflowId, TASK_QUEUE } from '../../src/contract/names.ts'
import type { IsolationDecision, IsolationPlan, QuestionPart } from '../../workflows/isolation-api.ts'
import { type FakeOptions, shaOf } from '../support/fake-activities.ts'
import { until } from '../support/until.ts'
import { startWorkflowBench, type WorkflowBench } from '../support/workflow-bench.ts'

let bench: WorkflowBench
beforeAll(async () => {
  bench = await startWorkflowBench()
})
afterAll(() => bench.stop())

interface Script {
  /** What is wanted, given the suites that have ended so far. */
  decide: (ended: ReadonlySet<string>, late: boolean) => IsolationDecision
  plan?: Partial<IsolationPlan>
  activities?: Partial<IsolationActivities>
  suites?: Partial<FakeOptions>
}

interface Seen {
  begun: number
  decisions: number
  learnt: { question: number; suite: string }[]
  endings: IsolationEnding[]
  requests: Map<string, SuiteRequest>
  ended: Set<string>
}

/** Plays an isolation with activities that follow the script. */
async function play<T>(
  { decide, plan, activities, suites }: Script,
  test: (seen: Seen, start: (id: string) => ReturnType<typeof startIsolation>) => Promise<T>,
): Promise<T> {
  const seen: Seen = { begun: 0, decisions: 0, learnt: [], endings: [], requests: new Map(), ended: new Set() }
  const isolation: IsolationActivities = {
    admitIsolation: async () => void seen.begun++,
    resolveIsolation: async (input) => ({
      ...{ isolation: input.isolation, repo: '/repo', sha: shaOf(0), priority: 2, searchable: true },
      ...plan,
    }),
    learnOrder: async ({ question, suite }) => void seen.learnt.push({ question, suite }),
    async decideQuestion({ late }) {
      seen.decisions++
      return decide(seen.ended, late)
    },
    endIsolation: async (ending) => void seen.endings.push(ending),
    ...activities,
  }
  const admitSuite: FakeOptions['admitSuite'] = async ({ suite, request }) => void seen.requests.set(suite, request)
  const onCompleted = (suite: string) => void seen.ended.add(suite)
  const options = { plan: { commits: 1, runs: 1, parallelism: 2 }, admitSuite, onCompleted, ...suites, isolation }
  return await bench.withFakes(options, () => test(seen, startIsolation))
}

const REQUEST: IsolationRequest = { repo: '/repo', test: 'a::b' }
const startIsolation = (id: string) =>
  bench.client.workflow.start('TestIsolation', {
    workflowId: isolationWorkflowId(id),
    taskQueue: TASK_QUEUE,
    args: [REQUEST],
  })

const part = (id: string, question: number, more: Partial<QuestionPart> = {}): QuestionPart => ({
  ...{ suite: `${id}-${question}-1`, question, runs: 1, parallelism: 1, tellsOrder: false },
  ...{ summary: `question ${question}`, ...more },
})
const asking = (...parts: QuestionPart[]): IsolationDecision => ({ done: false, details: '', parts })
const found: IsolationDecision = { done: true, details: '**polluter**', answer: 'polluter' }

describe('TestIsolation', () => {
  it('makes a suite for each open question, and asks what is next whenever one has ended', async () => {
    const decide: Script['decide'] = (ended) => {
      if (!ended.has('i-plain-1-1')) return asking(part('i-plain', 1), part('i-plain', 2))
      if (!ended.has('i-plain-2-1')) return asking(part('i-plain', 2))
      return ended.has('i-plain-3-1') ? found : asking(part('i-plain', 3, { parallelism: 2 }))
    }
    await play({ decide }, async (seen, start) => {
      const handle = await start('i-plain')
      expect(await handle.result()).toEqual({ isolation: 'i-plain', status: 'completed', answer: 'polluter' })
      expect([...seen.requests.keys()].toSorted()).toEqual(['i-plain-1-1', 'i-plain-2-1', 'i-plain-3-1'])
      // All else is on record: thousands of names have no room in histories.
      expect(seen.requests.get('i-plain-3-1')).toEqual({
        ...{ repo: '/repo', commits: [shaOf(0)], parallelism: 2 },
        partOf: { kind: 'isolation', id: 'i-plain', round: 3 },
      })
      expect(seen.endings).toEqual([{ isolation: 'i-plain', status: 'completed' }])
    })
  })

  it('reads the order that a run tells before it asks what is next', async () => {
    const order: string[] = []
    const activities: Partial<IsolationActivities> = {
      async learnOrder({ question, suite }) {
        order.push(`learnt ${question} from ${suite}`)
      },
    }
    const decide: Script['decide'] = () => {
      order.push('decided')
      return order.length > 2 ? found : asking(part('i-learn', 1, { tellsOrder: true }))
    }
    await play({ decide, activities }, async (_seen, start) => {
      await (await start('i-learn')).result()
      expect(order).toEqual(['decided', 'learnt 1 from i-learn-1-1', 'decided'])
    })
  })

  it('cancels a suite whose answer matters no more, and leaves the others alone', async () => {
    const decide: Script['decide'] = (ended) => {
      if (!ended.has('i-drop-1-1')) return asking(part('i-drop', 1), part('i-drop', 2))
      return ended.has('i-drop-3-1') ? found : asking(part('i-drop', 3))
    }
    // The run of the second never ends by itself, whichever begins first.
    const runSeed = () =>
      activityInfo().workflowExecution?.workflowId.startsWith('suite/i-drop-2-1/') === true
        ? new Promise<void>(() => undefined)
        : Promise.resolve()
    await play({ decide, suites: { runSeed } }, async (seen, start) => {
      expect(await (await start('i-drop')).result()).toMatchObject({ answer: 'polluter' })
      expect([...seen.requests.keys()].toSorted()).toEqual(['i-drop-1-1', 'i-drop-2-1', 'i-drop-3-1'])
      const dropped = await bench.client.workflow.getHandle('suite/i-drop-2-1').describe()
      expect(dropped.status.name).toBe('CANCELLED')
    })
  })

  it('answers by what is known where its time is up, with nothing left running', async () => {
    const decide: Script['decide'] = (_ended, late) =>
      late ? { done: true, details: '', answer: 'not-enough-evidence' } : asking(part('i-late', 1))
    const runSeed = () => new Promise<void>(() => undefined)
    await play({ decide, suites: { runSeed }, plan: { endsAtMs: Date.now() + 1_500 } }, async (seen, start) => {
      expect(await (await start('i-late')).result()).toMatchObject({ answer: 'not-enough-evidence' })
      expect(seen.endings).toEqual([{ isolation: 'i-late', status: 'completed' }])
      const suite = await bench.client.workflow.getHandle('suite/i-late-1-1').describe()
      expect(suite.status.name).toBe('CANCELLED')
    })
  })

  it('cancels its suites with itself', async () => {
    const decide: Script['decide'] = () => asking(part('i-gone', 1), part('i-gone', 2))
    let begun = 0
    const runSeed = () => {
      begun++
      return new Promise<void>(() => undefined)
    }
    await play({ decide, suites: { runSeed } }, async (seen, start) => {
      const handle = await start('i-gone')
      await until('both runs have begun', () => begun === 2)
      await handle.cancel()
      await expect(handle.result()).rejects.toThrow()
      expect(seen.endings).toEqual([{ isolation: 'i-gone', status: 'cancelled' }])
      for (const suite of ['i-gone-1-1', 'i-gone-2-1']) {
        expect((await bench.client.workflow.getHandle(`suite/${suite}`).describe()).status.name).toBe('CANCELLED')
      }
    })
  })

  it('fails with the reason of a suite that fails, and cancels the others', async () => {
    const decide: Script['decide'] = () => asking(part('i-fails', 1), part('i-fails', 2))
    const admitted: string[] = []
    const admitSuite: FakeOptions['admitSuite'] = async ({ suite }) => {
      admitted.push(suite)
      if (suite !== 'i-fails-1-1') return
      await until('the other is admitted', () => admitted.length === 2)
      throw new CommitSuiteError('setup_failed', 'no compiler')
    }
    const runSeed = () => new Promise<void>(() => undefined)
    await play({ decide, suites: { runSeed, admitSuite } }, async (seen, start) => {
      await expect((await start('i-fails')).result()).rejects.toMatchObject({ cause: { type: 'setup_failed' } })
      expect(admitted.toSorted()).toEqual(['i-fails-1-1', 'i-fails-2-1'])
      const fault = { code: 'setup_failed', message: 'no compiler' }
      expect(seen.endings).toEqual([{ isolation: 'i-fails', status: 'failed', fault }])
    })
  })

  it('fails with the reason of bad input, with nothing run', async () => {
    const activities: Partial<IsolationActivities> = {
      resolveIsolation: () => Promise.reject(invalidInput('test', 'a::b', 'is none', undefined, 'test_not_found')),
    }
    await play({ decide: () => found, activities }, async (seen, start) => {
      await expect((await start('i-bad')).result()).rejects.toMatchObject({
        cause: { type: 'test_not_found', nonRetryable: true },
      })
      expect(seen.requests.size).toBe(0)
      expect(seen.endings).toMatchObject([{ status: 'failed', fault: { code: 'test_not_found' } }])
    })
  })

  it('goes on as new, drained, before its history is full, and loses no question', async () => {
    // A server suggests it from 4 MB of history on too, which takes fewer suites than 10,000 events.
    const questions = 40
    const decide: Script['decide'] = (ended) => {
      const open = Array.from({ length: questions }, (_, index) => index + 1).filter((n) => !ended.has(`i-long-${n}-1`))
      if (open.length === 0) return found
      const parts = open.slice(0, 2).map((question) => part('i-long', question))
      return { ...asking(...parts), details: 'x'.repeat(250_000) }
    }
    await play({ decide }, async (seen, start) => {
      const handle = await start('i-long')
      expect(await handle.result()).toMatchObject({ answer: 'polluter' })
      expect(seen.requests.size).toBe(questions)
      expect(seen.endings).toHaveLength(1)
      expect(seen.begun).toBe(1)
      const query = 'WorkflowId = "isolation/i-long"'
      await until('all executions are visible', async () => {
        const statuses: string[] = []
        for await (const { status } of bench.client.workflow.list({ query })) statuses.push(status.name)
        return statuses.filter((name) => name === 'CONTINUED_AS_NEW').length > 0 && statuses.includes('COMPLETED')
      })
    })
  }, 120_000)
})
