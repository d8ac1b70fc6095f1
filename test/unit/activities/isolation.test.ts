import { describe, expect, it } from 'vitest'
import { endIsolation } from '../../../activities/isolation/end-isolation.ts'
import { namedOrder } from '../../../activities/isolation/named-order.ts'
import { filledRequest } from '../../../activities/isolation/question-request.ts'
import { isolationReport } from '../../../src/store/isolations/report.ts'
import type { Store } from '../../../src/store/store.ts'
import { IsolationPlay, type Victim } from '../../support/isolation-play.ts'
import { beginOnRecord, isolationSpec, orderOf, VICTIM } from '../../support/recorded-isolation.ts'
import { temporaryStore } from '../store/temporary-store.ts'

const nameAt = (place: number): string => orderOf(place + 1).tests[place]?.[1] ?? ''
const pollutedBy =
  (...places: number[]): Victim =>
  (before) =>
    places.every((place) => before.includes(nameAt(place)))

async function reportOf(store: Store, id: string) {
  const stored = await store.isolations.get(id)
  if (stored === undefined) throw new Error('it is not on record')
  return await isolationReport(store, stored)
}

describe('an isolation, decision by decision', () => {
  it('names the polluter, the rates, an example and what people type', async () => {
    const { store } = await temporaryStore()
    await beginOnRecord(store, { id: 'i-1', before: 40 })
    const play = new IsolationPlay(store, 'i-1', pollutedBy(17))
    expect(await play.toEnd()).toMatchObject({ done: true, answer: 'polluter' })
    await endIsolation({ store }, { isolation: 'i-1', status: 'completed' })
    const report = await reportOf(store, 'i-1')
    expect(report).toMatchObject({
      ...{ status: 'completed', before: [{ test: 'tests.test_017::test_it', needed: true }] },
      together: { runs: 8, failures: 8, failureRate: 1 },
      alone: { runs: 8, failures: 0, failureRate: 0 },
      commands: {
        alone: 'pytest tests/test_v.py::test_v',
        together: 'pytest tests/test_017.py::test_it tests/test_v.py::test_v',
      },
      order: { from: 'record', run: 's-1.100000000000.0', tests: 40, leftOut: 1 },
    })
    expect(report.runs).toBe([...play.made.values()].reduce((sum, runs) => sum + runs, 0))
    const [, suite = ''] = /^(.*)\.100000000000\.\d+$/.exec(report.example?.run ?? '') ?? []
    expect(play.requests.get(suite)?.command).toEqual({
      argv: ['pytest', '--maxfail=0', 'tests/test_017.py::test_it', 'tests/test_v.py::test_v'],
    })
    const events = await store.isolations.readEvents('i-1', 0, 1_000)
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1))
    expect(events.at(-1)).toMatchObject({ type: 'isolation.finished', data: { answer: 'polluter' } })
    expect(events.filter(({ type }) => type === 'isolation.question')).toHaveLength(
      report.questions.filter(({ answer }) => answer !== null).length,
    )
  })

  it('stops a suite by its victim alone, as soon as its runs suffice', async () => {
    const { store } = await temporaryStore()
    await beginOnRecord(store, { id: 'i-1', before: 8 })
    const play = new IsolationPlay(store, 'i-1', pollutedBy(3))
    await play.toEnd()
    const { questions } = await reportOf(store, 'i-1')
    const failing = questions.filter(({ answer, company }) => answer === 'fails' && company === 'before')
    expect(failing.map(({ runs, failures }) => [runs, failures])).toContainEqual([2, 2])
    for (const { number, runs } of failing) expect(play.made.get(`i-1-${number}-1`)).toBe(runs)
  })

  it('gives no two questions a seed in common, and repeats the draw', async () => {
    const draws: number[][] = []
    for (const id of ['i-1', 'i-2']) {
      const { store } = await temporaryStore()
      await beginOnRecord(store, { id, before: 20, seed: 11 })
      const play = new IsolationPlay(store, id, pollutedBy(3))
      await play.toEnd()
      draws.push([...play.requests.values()].flatMap(({ seeds = [] }) => seeds))
    }
    expect(new Set(draws[0]).size).toBe(draws[0]?.length)
    expect(draws[0]).toEqual(draws[1])
  })

  it('asks a question again where its runs did not suffice, and counts them together', async () => {
    const { store } = await temporaryStore()
    await beginOnRecord(store, { id: 'i-1', before: 4 })
    // Alone it fails in every tenth run: seldom enough to pass in the end, often enough to take more than one suite.
    let alone = 0
    const victim: Victim = (before, seed) => (before.length === 0 ? alone++ % 10 === 9 : pollutedBy(2)(before, seed))
    const play = new IsolationPlay(store, 'i-1', victim)
    await play.toEnd()
    const { questions } = await reportOf(store, 'i-1')
    const [first] = questions.filter(({ company }) => company === 'alone')
    const parts = [...play.made].filter(([suite]) => suite.startsWith(`i-1-${first?.number}-`))
    expect(parts.length).toBeGreaterThan(1)
    expect(first?.runs).toBe(parts.reduce((sum, [, runs]) => sum + runs, 0))
  })

  it('repeated, decides the same and changes nothing', async () => {
    const { store } = await temporaryStore()
    await beginOnRecord(store, { id: 'i-1', before: 40 })
    const play = new IsolationPlay(store, 'i-1', pollutedBy(1))
    const first = await play.decide()
    const [again, once] = await Promise.all([play.decide(), play.decide()])
    expect(again).toEqual(first)
    expect(once).toEqual(first)
    if (first.done) throw new Error('it has not begun')
    for (const part of first.parts) await play.run(part)
    const [one, other] = await Promise.all([play.decide(), play.decide()])
    expect(one).toEqual(other)
    const events = await store.isolations.readEvents('i-1', 0, 100)
    expect(events.filter(({ type }) => type === 'isolation.question')).toHaveLength(first.parts.length)
  })

  it('wants what matters no more no longer, and counts the runs that it has cost', async () => {
    const { store } = await temporaryStore()
    await beginOnRecord(store, { id: 'i-1', before: 64, parallelism: 4 })
    const play = new IsolationPlay(store, 'i-1', pollutedBy(60))
    for (;;) {
      const decision = await play.decide()
      if (decision.done) throw new Error('it ended before it halved')
      if ((await reportOf(store, 'i-1')).questions.length > 2) break
      for (const part of decision.parts) await play.run(part)
    }
    const halves = await play.decide()
    if (halves.done) throw new Error('it has ended')
    const [later = halves.parts[0], earlier = halves.parts[1]] = halves.parts
    if (later === undefined || earlier === undefined) throw new Error('two halves are asked about')
    expect(later.parallelism + earlier.parallelism).toBeLessThanOrEqual(4)
    // The one that shows nothing is under way while the other answers.
    await play.run(later)
    const next = await play.decide()
    if (next.done) throw new Error('it has ended')
    expect(next.parts.map(({ suite }) => suite)).not.toContain(earlier.suite)
    const answered = await reportOf(store, 'i-1')
    expect(answered.questions.find(({ number }) => number === earlier.question)).toMatchObject({
      answer: null,
      runs: 0,
    })
  })

  it('keeps within its budget of runs, and says how far it came', async () => {
    for (const maxRuns of [1, 10, 40, 60]) {
      const { store } = await temporaryStore()
      await beginOnRecord(store, { id: 'i-1', before: 64, maxRuns })
      const play = new IsolationPlay(store, 'i-1', pollutedBy(60))
      expect(await play.toEnd()).toMatchObject({ answer: 'not-enough-evidence' })
      const report = await reportOf(store, 'i-1')
      expect(report).toMatchObject({ answer: 'not-enough-evidence', reason: 'budget' })
      const made = [...play.made.values()].reduce((sum, runs) => sum + runs, 0)
      expect(made).toBeLessThanOrEqual(maxRuns)
      expect(report.runs).toBe(made)
      if (maxRuns === 60) expect(report.smallest?.names).toContain('tests.test_060::test_it')
    }
  })

  it('answers by what is known where its time is up', async () => {
    const { store } = await temporaryStore()
    await beginOnRecord(store, { id: 'i-1', before: 64 })
    const play = new IsolationPlay(store, 'i-1', pollutedBy(60))
    await play.decide()
    expect(await play.decide(true)).toMatchObject({ done: true, answer: 'not-enough-evidence' })
    expect(await play.decide()).toMatchObject({ done: true, answer: 'not-enough-evidence' })
  })

  it('gives a test up that no run shows, and does not take a crash for a failure of it', async () => {
    const { store } = await temporaryStore()
    await beginOnRecord(store, { id: 'i-1', before: 6 })
    const play = new IsolationPlay(store, 'i-1', (before) => (before.length === 0 ? false : undefined))
    expect(await play.toEnd()).toMatchObject({ answer: 'not-enough-evidence' })
    const report = await reportOf(store, 'i-1')
    expect(report).toMatchObject({ reason: 'order_undecided' })
    expect(report.runs).toBeLessThan(40)
  })
})

describe('what an isolation leaves', () => {
  it('is nothing where its input was bad and no question has an answer', async () => {
    const { store } = await temporaryStore()
    await beginOnRecord(store, { id: 'i-1', before: 6 })
    const play = new IsolationPlay(store, 'i-1', pollutedBy(1))
    const decision = await play.decide()
    if (decision.done) throw new Error('it has ended')
    for (const part of decision.parts) await play.run(part)
    const fault = { code: 'test_not_found', message: 'test: "x" – the commit has no test of that name.' }
    await endIsolation({ store }, { isolation: 'i-1', status: 'failed', fault })
    expect(await store.isolations.get('i-1')).toBeUndefined()
    expect(await store.suites.list({ partOf: 'any', limit: 10 })).toEqual([])
  })

  it('is its failure where it had come to something, or was asked for over the network', async () => {
    const { store } = await temporaryStore()
    await store.isolations.create({ spec: isolationSpec('i-1', { network: { key: 'one' } }), requestDigest: 'd' })
    const fault = { code: 'ref_not_found', message: 'commit: "x" – no commit.' }
    await endIsolation({ store }, { isolation: 'i-1', status: 'failed', fault })
    const failure = 'ref_not_found: commit: "x" – no commit.'
    expect(await store.isolations.get('i-1')).toMatchObject({ status: 'failed', failure })
    await endIsolation({ store }, { isolation: 'i-1', status: 'cancelled' })
    expect(await store.isolations.get('i-1')).toMatchObject({ status: 'failed' })
  })
})

describe('names of an order', () => {
  const tool = { argv: ['pytest'], nameOf: async (id: string) => (id.startsWith('other') ? undefined : `${id}.py`) }
  const order = ['a::x', 'other::doc', 'b::y', VICTIM, 'c::z']

  it('leave out what the tool cannot be told', async () => {
    expect(await namedOrder({ from: 'project', run: null, order }, VICTIM, tool)).toEqual({
      ...{ from: 'project', run: null, before: 2, leftOut: 1 },
      tests: ['a::x', 'b::y', VICTIM, 'c::z'].map((id) => [id, `${id}.py`]),
    })
  })

  it('are refused where a command line has no room for them', async () => {
    const many = [...Array.from({ length: 20_000 }, (_, n) => `tests.test_${n}::${'x'.repeat(100)}`), VICTIM]
    await expect(namedOrder({ from: 'project', run: null, order: many }, VICTIM, tool)).rejects.toMatchObject({
      code: 'not_supported',
    })
  })

  it('are refused where the victim is not among them, with similar ones, else those beside it', async () => {
    const refused = (victim: string) => namedOrder({ from: 'project', run: null, order }, victim, tool)
    await expect(refused('tests.test_v::test_w')).rejects.toMatchObject({
      code: 'test_not_found',
      detail: { remedy: `Did you mean "${VICTIM}"?` },
    })
    await expect(refused('c::quite_another')).rejects.toMatchObject({ detail: { remedy: 'Did you mean "c::z"?' } })
    await expect(refused('nowhere::x1234567')).rejects.toThrow(/has no test of that name\.$/)
  })
})

it('leaves requests of other suites as they are', async () => {
  const { store } = await temporaryStore()
  const request = { repo: '/repositories/one', partOf: { kind: 'search' as const, id: 'c-1', round: 1 } }
  expect(await filledRequest(store, request)).toBe(request)
})
