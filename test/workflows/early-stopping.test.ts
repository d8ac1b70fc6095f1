import { afterAll, beforeAll, describe, expect, it } from 'vitest'
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

const run = (position: number, attempt: number): string => `${shaOf(position).slice(0, 12)}.${attempt}`
const attempts = (count: number, from = 0): number[] => Array.from({ length: count }, (_, index) => from + index)
const distinct = <T>(values: readonly T[]): T[] => [...new Set(values)]

const plan = (fields: Partial<FakeOptions['plan']> = {}): FakeOptions['plan'] => ({
  ...{ commits: 1, runs: 1000, parallelism: 4, until: 'verdict' },
  ...fields,
})

/** Counts what begins, and lets a test say what ends. */
function runsBy(end: (attempt: number, sha: string) => Promise<void> = async () => {}) {
  const begun: string[] = []
  const runSeed = async (attempt: number, sha: string) => {
    begun.push(`${sha.slice(0, 12)}.${attempt}`)
    await end(attempt, sha)
  }
  return { begun, runSeed }
}

describe('a suite with --until verdict', () => {
  it('ends a commit once its evidence suffices: runs in flight are cancelled and none is started', async () => {
    const [last, never] = [gate(), gate()]
    const { begun, runSeed } = runsBy((attempt) => {
      if (begun.length === 15) last.open()
      return attempt < 11 ? Promise.resolve() : attempt === 11 ? last.opened : never.opened
    })
    await bench.withFakes({ plan: plan(), runSeed, stopsAt: () => 12 }, async (journal, start) => {
      expect(await (await start('stops')).result()).toMatchObject({ status: 'completed', verdicts: { passing: 1 } })
      expect(journal.runs.toSorted()).toEqual(
        attempts(12)
          .map((attempt) => run(0, attempt))
          .toSorted(),
      )
      expect(begun).toEqual(expect.arrayContaining([run(0, 12), run(0, 13), run(0, 14)]))
      expect(begun.length).toBeLessThanOrEqual(16)
      expect(journal.judgedAt.length).toBeGreaterThan(0)
      expect(journal.released).toEqual([shaOf(0)])
      expect(journal.closed).toEqual([])
      expect(journal.errors).toEqual([])
    })
  })

  it('looks at the longest finished prefix only, however many later runs have ended', async () => {
    const slow = gate()
    const { begun, runSeed } = runsBy((attempt) => (attempt === 2 ? slow.opened : Promise.resolve()))
    await bench.withFakes({ plan: plan(), runSeed, stopsAt: () => 3 }, async (journal, start) => {
      const handle = await start('slow-failure')
      await until('other runs are far ahead', () => journal.runs.length > 100)
      expect(Math.max(...journal.weighed)).toBe(2)
      slow.open()
      await handle.result()
      // Counting goes on from where the slow run was.
      expect(journal.weighed.filter((below) => below > 2).length).toBeGreaterThan(0)
      expect(begun.length).toBeLessThan(1000)
    })
  })

  it('runs not farther ahead of a slow run than is worth it', async () => {
    const slow = gate()
    const { begun, runSeed } = runsBy((attempt) => (attempt === 5 ? slow.opened : Promise.resolve()))
    await bench.withFakes({ plan: plan({ runs: 230 }), runSeed }, async (journal, start) => {
      const handle = await start('ahead-of-slow')
      await until('all that may be made is made', () => journal.runs.length === 204)
      // The next workflow tasks would start more, if any were to be started.
      await handle.executeUpdate('pause')
      await handle.executeUpdate('resume')
      expect(begun.length).toBe(205)
      slow.open()
      await handle.result()
      expect(journal.runs).toHaveLength(230)
    })
  })

  it('looks seldom: a fraction of the slots, and later of the runs so far', async () => {
    const parallelism = 20
    const { runSeed } = runsBy()
    await bench.withFakes({ plan: plan({ runs: 400, parallelism }), runSeed }, async (journal, start) => {
      await (await start('looks')).result()
      expect(journal.runs).toHaveLength(400)
      const looks = distinct(journal.weighed)
      expect(looks.length).toBeGreaterThan(5)
      expect(looks.length).toBeLessThanOrEqual(400 / 5)
      for (const [index, below] of looks.entries()) {
        const grown = below - (looks[index - 1] ?? 0)
        expect(grown).toBeGreaterThanOrEqual(Math.max(5, Math.floor(below / 20)))
      }
    })
  }, 240_000)

  it('gives slots to the next commit while the end of a cancelled run takes long', async () => {
    const [last, never, slow] = [gate(), gate(), gate()]
    const { runSeed } = runsBy((attempt, sha) => {
      if (sha !== shaOf(0) || attempt < 7) return Promise.resolve()
      if (attempt === 8) last.open()
      return attempt === 7 ? last.opened : never.opened
    })
    const cleanUp = async (attempt: number, sha: string) => {
      if (sha === shaOf(0) && attempt === 8) await slow.opened
    }
    const stopsAt: FakeOptions['stopsAt'] = ({ sha }) => (sha === shaOf(0) ? 8 : null)
    const options = { plan: plan({ commits: 2, runs: 40 }), runSeed, cleanUp, stopsAt }
    await bench.withFakes(options, async (journal, start) => {
      const handle = await start('lingering')
      await until('the next commit has runs', () => journal.runs.includes(run(1, 9)))
      expect(journal.released).toEqual([])
      slow.open()
      await handle.result()
      expect(journal.released.toSorted()).toEqual([0, 1].map(shaOf))
    })
  })

  it('gives its slots to the next commit at once', async () => {
    const never = gate()
    const first = run(0, 0).slice(0, 12)
    const { begun, runSeed } = runsBy((attempt, sha) =>
      sha === shaOf(0) && attempt >= 8 ? never.opened : Promise.resolve(),
    )
    const stopsAt: FakeOptions['stopsAt'] = ({ sha }) => (sha === shaOf(0) ? 8 : 20)
    await bench.withFakes({ plan: plan({ commits: 3 }), runSeed, stopsAt }, async (journal, start) => {
      expect(await (await start('next')).result()).toMatchObject({ verdicts: { passing: 3 } })
      expect(journal.released.toSorted()).toEqual([0, 1, 2].map(shaOf))
      expect(begun.filter((name) => name.startsWith(first)).length).toBeLessThanOrEqual(12)
      expect(begun).toContain(run(2, 19))
    })
  })

  it('stops while it is paused, where runs in flight tell enough', async () => {
    const first = gate()
    const { begun, runSeed } = runsBy(() => first.opened)
    await bench.withFakes({ plan: plan(), runSeed, stopsAt: () => 4 }, async (journal, start) => {
      const handle = await start('paused')
      await until('the slots are taken', () => begun.length === 4)
      await handle.executeUpdate('pause')
      first.open()
      expect(await handle.result()).toMatchObject({ verdicts: { passing: 1 } })
      expect(begun).toHaveLength(4)
      expect(journal.released).toEqual([shaOf(0)])
    })
  })

  it('counts runs of a host that was lost only once they were made again', async () => {
    const { begun, runSeed } = runsBy()
    const options = { plan: plan(), hosts: ['gone'], runSeed, stopsAt: () => 6 }
    await bench.withFakes(options, async (journal, start) => {
      expect(await (await start('moving')).result()).toMatchObject({ verdicts: { passing: 1 } })
      expect(journal.hosts).toEqual(['gone', 'test'])
      expect(begun).toEqual(expect.arrayContaining(attempts(6).map((attempt) => run(0, attempt))))
      expect(Math.min(...journal.weighed)).toBeGreaterThan(0)
    })
  }, 240_000)

  it('is cancelled like any other', async () => {
    const never = gate()
    const { begun, runSeed } = runsBy((attempt) => (attempt < 6 ? Promise.resolve() : never.opened))
    await bench.withFakes({ plan: plan(), runSeed }, async (journal, start) => {
      const handle = await start('cancelled')
      await until('four runs hang', () => begun.length === 10)
      await handle.cancel()
      await handle.result().catch(() => undefined)
      expect(journal.completed).toEqual(['cancelled'])
      expect(journal.judgedAt).toEqual([])
      expect(journal.closed).toEqual([{ outcome: 'cancelled' }])
    })
  })
})

describe('an extension of a suite with --until verdict', () => {
  const extend = (id: string, extension: object) =>
    bench.client.workflow.start('CommitSuite', {
      workflowId: suiteWorkflowId(id),
      taskQueue: TASK_QUEUE,
      args: [{ repo: '/repo' }, null, extension],
    })

  it('runs nothing of a commit that is decided, and goes on with one that is not', async () => {
    const { begun, runSeed } = runsBy()
    const admitExtension = async () => ({ plan: { runs: 40, from: 20 } })
    // The second commit stopped at the first suite's cap; the first lacks the runs that were in flight at its stop.
    const unfinished: FakeOptions['unfinished'] = ({ sha, after }) =>
      sha === shaOf(0) ? attempts(10, 10).flatMap((attempt) => (attempt > after ? [[attempt, 0]] : [])) : []
    const stopsAt: FakeOptions['stopsAt'] = ({ sha }) => (sha === shaOf(0) ? 10 : 30)
    const options = { plan: plan({ commits: 2 }), runSeed, admitExtension, unfinished, stopsAt }
    await bench.withFakes(options, async (journal) => {
      expect(await (await extend('more', { number: 1, runs: 20 })).result()).toMatchObject({ verdicts: { passing: 2 } })
      expect(begun.every((name) => name.startsWith(run(1, 0).slice(0, 12)))).toBe(true)
      expect(begun).toContain(run(1, 29))
      expect(journal.released).toEqual([shaOf(1)])
      expect(distinct(journal.judgedAt)).toEqual([1])
    })
  })

  it('counts nothing beyond a run that it repeats before that has ended', async () => {
    const slow = gate()
    const { begun, runSeed } = runsBy((attempt) => (attempt === 3 ? slow.opened : Promise.resolve()))
    const admitExtension = async () => ({ plan: { runs: 30, from: 20, errors: true } })
    const unfinished: FakeOptions['unfinished'] = ({ after }) => (after < 3 ? [[3, 1]] : [])
    const options = { plan: plan(), runSeed, admitExtension, unfinished, stopsAt: () => 8 }
    await bench.withFakes(options, async (journal) => {
      const handle = await extend('repeats', { number: 1, errors: true })
      await until('the runs that were added have ended', () => journal.runs.length === 10)
      expect(Math.max(...journal.weighed)).toBe(3)
      slow.open()
      await handle.result()
      expect(begun).toHaveLength(11)
      expect(Math.max(...journal.weighed)).toBeLessThanOrEqual(30)
    })
  })
})
