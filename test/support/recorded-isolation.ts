import { type IsolationSpec, parseIsolationRequest, type SoundIsolation } from '../../src/contract/index.ts'
import { beginIsolation, openWanted, takeVictimAnswer } from '../../src/stats/isolation/isolation.ts'
import type { IsolationState } from '../../src/stats/isolation/state.ts'
import type { VictimAnswer } from '../../src/stats/isolation/victim.ts'
import { describeQuestion } from '../../src/store/isolations/describe-question.ts'
import type { IsolationLaunch, StoredOrder } from '../../src/store/isolations/isolation-store.ts'
import type { Store } from '../../src/store/store.ts'

export const VICTIM = 'tests.test_v::test_v'

export const isolationSpec = (id: string, fields: Partial<SoundIsolation> = {}): IsolationSpec => ({
  ...parseIsolationRequest({ repo: '/repositories/one', test: VICTIM, command: { shell: 'pytest' } }),
  ...fields,
  ...{ id, seed: fields.seed ?? 7, parallelism: fields.parallelism ?? 2 },
})

export const launchOfTests: IsolationLaunch = {
  sha: '1'.padEnd(40, '0'),
  subject: 'Change 1',
  whole: { shell: 'pytest' },
  argv: ['pytest', '--maxfail=0'],
  plain: { argv: ['pytest'] },
  victim: 'tests/test_v.py::test_v',
  env: {},
}

/** The victim after `before` tests, two more after it. */
export function orderOf(before: number, from: StoredOrder['from'] = 'record'): StoredOrder {
  const ids = Array.from({ length: before + 3 }, (_, place) =>
    place === before ? VICTIM : `tests.test_${String(place).padStart(3, '0')}::test_it`,
  )
  const tests = ids.map(
    (id) => [id, `${id.replace(/::.*/, '').replace('.', '/')}.py::${id.replace(/.*::/, '')}`] as const,
  )
  return { from, run: from === 'record' ? 's-1.100000000000.0' : null, tests, before, leftOut: 1 }
}

/** An isolation whose commit is known, with an order in which the victim failed after `before` tests. */
export async function beginOnRecord(
  store: Store,
  { id, before, ...fields }: { id: string; before: number } & Partial<SoundIsolation>,
): Promise<IsolationState> {
  const spec = isolationSpec(id, fields)
  await store.isolations.create({ spec, requestDigest: 'digest' })
  const failing = orderOf(before)
  const { confidence, minRate } = spec
  const state = beginIsolation({ confidence, minRate, failing: { before, singles: [] } })
  const { repo, test, parallelism, seed } = spec
  const { sha, subject } = launchOfTests
  const known = { from: failing.from, run: failing.run, tests: before, leftOut: failing.leftOut }
  const data = { repo, sha, subject, test, failing: known, passing: null, parallelism, seed }
  await store.isolations.begin(id, {
    ...{ spec, launch: launchOfTests, state, orders: { failing } },
    event: { isolation: id, type: 'isolation.started', ordinal: 0, data },
  })
  return state
}

export interface RecordedIsolation {
  id: string
  status?: 'running' | 'completed'
  /** Name of the key that asked for it. */
  key?: string | null
}

/** Puts an isolation on record as a worker would, whose polluter is the second of two tests: 3 or 4 events. */
export async function recordIsolation(
  store: Store,
  { id, status = 'completed', key }: RecordedIsolation,
): Promise<void> {
  let state = await beginOnRecord(store, { id, before: 2, ...(key === undefined ? {} : { network: { key } }) })
  const polluted = (tests: number) => (tests === 0 ? 'passes' : 'fails')
  while (state.stage !== 'ended') state = answerFirst(openWanted(state, 1), polluted)
  const [question] = state.questions
  if (question === undefined) throw new Error('nothing was asked')
  const data = { ...describeQuestion(question, orderOf(2)), left: 1, totalRuns: 40 }
  await store.isolations.decide(id, {
    ...{ version: 1, state, runs: 40, example: `${id}-3-1.100000000000.0`, learnt: {} },
    events: [{ isolation: id, type: 'isolation.question', ordinal: question.number, data }],
  })
  if (status === 'running') return
  const before = [{ test: 'tests.test_001::test_it', needed: true }]
  const finished = { status, answer: 'polluter' as const, before }
  await store.isolations.finish(id, status, { isolation: id, type: 'isolation.finished', ordinal: 0, data: finished })
}

function answerFirst(state: IsolationState, answerAfter: (tests: number) => VictimAnswer): IsolationState {
  const question = state.questions.find(({ open }) => open)
  if (question === undefined || question.company.type !== 'before') throw new Error('nothing is open')
  const answer = answerAfter(question.company.tests.length)
  return takeVictimAnswer(state, { number: question.number, answer, runs: 8, failures: answer === 'fails' ? 8 : 0 })
}
