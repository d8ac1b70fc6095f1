import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type FakeOptions, shaOf } from '../support/fake-activities.ts'
import { until } from '../support/until.ts'
import { startWorkflowBench, type WorkflowBench } from '../support/workflow-bench.ts'

/** A run costs its lane at least 3 events, and up to 9 where workflows talk more often. */
const [SUGGESTED, RUNS, PARALLELISM] = [300, 200, 20]

let bench: WorkflowBench
beforeAll(async () => {
  bench = await startWorkflowBench({ settings: [`limit.historyCount.suggestContinueAsNew=${SUGGESTED}`] })
})
afterAll(() => bench.stop())

async function eventsPerHistory(workflowId: string): Promise<number[]> {
  const lengths: number[] = []
  for await (const { historyLength } of bench.client.workflow.list({ query: `WorkflowId = "${workflowId}"` })) {
    lengths.push(historyLength ?? 0)
  }
  return lengths
}

describe('a lane that has more runs than fit into a history', () => {
  it.each([
    ['a number of runs', {}],
    ['a cap that nothing decides before', { until: 'verdict' }],
  ] as const)(
    'continues as new, drained, with %s, and makes each run once',
    async (name, asked) => {
      const plan: FakeOptions['plan'] = { commits: 1, runs: RUNS, parallelism: PARALLELISM, ...asked }
      await bench.withFakes({ plan }, async (journal, start) => {
        const suite = name.startsWith('a cap') ? 'cap' : 'number'
        await (await start(suite)).result()
        const lane = `suite/${suite}/${shaOf(0).slice(0, 12)}`
        const made = Array.from({ length: RUNS }, (_, attempt) => `${shaOf(0).slice(0, 12)}.${attempt}`)
        expect(journal.runs.toSorted()).toEqual(made.toSorted())
        await until('its histories are visible', async () => (await eventsPerHistory(lane)).length >= 2)
        // What is in flight, queued runs included, still ends in the history that began it.
        expect(Math.max(...(await eventsPerHistory(lane)))).toBeLessThan(SUGGESTED + 9 * 2 * 2 * PARALLELISM)
      })
    },
    180_000,
  )
})
