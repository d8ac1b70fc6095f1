import { cancellationSignal, heartbeat } from '@temporalio/activity'
import { proofOf, type SoundSweep, type SuiteSpec, type SweepRequest } from '../../src/contract/index.ts'
import { whileBeating } from '../../src/executors/heartbeat.ts'
import { afterRuns, type SeenAt, stateOf, type TestState } from '../../src/stats/sweep/swept-test.ts'
import type { Store } from '../../src/store/store.ts'
import type { StoredFiring } from '../../src/store/sweeps/sweep-store.ts'
import type { FiringReference, SweepConclusion } from '../../workflows/sweep-api.ts'
import type { ActivityDeps } from '../deps.ts'
import { mirrorOf } from '../mirror-of.ts'
import { findSuite } from '../suite-lookup.ts'
import { lineageOf } from './candidates.ts'
import { readSeen } from './knowledge.ts'
import { knownFlakes } from './known-flakes.ts'

interface Concluding extends FiringReference {
  request: SweepRequest
  cut: boolean
}

/** See `SweepActivities`. */
export async function concludeSweep(deps: ActivityDeps, input: Concluding): Promise<SweepConclusion> {
  const context = { signal: cancellationSignal(), heartbeat }
  return await whileBeating(context, () => conclude(deps, input))
}

async function conclude(deps: ActivityDeps, { firing, sweep, request, cut }: Concluding): Promise<SweepConclusion> {
  const { store } = deps
  const found = await firingOnRecord(store, firing)
  if (found.status !== 'running') return conclusionOf(found, await store.sweeps.tests(sweep), cut)
  const before = await store.sweeps.tests(sweep)
  const told = await judged(deps, { found, before, wanted: wantedOf(request) })
  const all = new Map([...before, ...told])
  const fixed = [...told].filter(([test, { claim }]) => claim !== null && (before.get(test)?.claim ?? null) === null)
  const flaky = [...all.values()].filter(({ claim }) => claim === null)
  await store.sweeps.end(firing, { status: 'completed', flaky: flaky.length, fixed: fixed.length, tests: told })
  return conclusionOf(await firingOnRecord(store, firing), await store.sweeps.tests(sweep), cut)
}

const wantedOf = (request: Pick<SoundSweep, 'maxFlakeRate' | 'confidence'>) => {
  const { maxRate, confidence } = proofOf(request)
  return { maxRate, level: confidence }
}

async function firingOnRecord({ sweeps }: Store, id: string): Promise<StoredFiring> {
  const firing = await sweeps.get(id)
  if (firing !== undefined) return firing
  throw new Error(`firing ${id} is not on record`)
}

interface Judging {
  found: StoredFiring
  before: ReadonlyMap<string, TestState>
  wanted: { maxRate: number; level: number }
}

/** What follows for every test that the firing's runs tell something of. */
async function judged(deps: ActivityDeps, { found, before, wanted }: Judging): Promise<Map<string, TestState>> {
  const { store } = deps
  const { spec } = await findSuite(store, found.suite ?? '')
  const commits = (await store.suites.commits(spec.id, 0, found.spent.length)).toSorted((a, b) =>
    a.committedAt < b.committedAt ? -1 : 1,
  )
  const mirror = await mirrorOf(
    deps,
    spec,
    commits.map(({ sha }) => sha),
  )
  const isAfter = await lineageOf(mirror, commits.map(({ sha }) => sha).toReversed())
  // A parent may claim a later date than its child.
  const inOrder = commits
    .map((commit) => ({ ...commit, behind: commits.filter((other) => isAfter(commit, other)).length }))
    .toSorted((a, b) => a.behind - b.behind)
  const seen = await seenTests(store, spec, inOrder)
  const elsewhere = await knownFlakes(store, spec, (test) => seen.has(test) && !before.has(test))
  const told = new Map<string, TestState>()
  for (const [test, commitsOfTest] of seen) {
    const state = afterRuns(before.get(test) ?? elsewhere.get(test), commitsOfTest, { isAfter, wanted })
    if (state !== undefined) told.set(test, state)
  }
  return told
}

type Commits = readonly { sha: string; committedAt: string }[]

async function seenTests(store: Store, spec: SuiteSpec, commits: Commits): Promise<Map<string, SeenAt[]>> {
  const seen = new Map<string, SeenAt[]>()
  for (const { sha, committedAt } of commits) {
    for (const [test, counts] of await readSeen(store, spec, sha)) {
      seen.set(test, [...(seen.get(test) ?? []), { sha, committedAt, ...counts }])
    }
  }
  return seen
}

function conclusionOf(
  { flaky, fixed }: StoredFiring,
  tests: ReadonlyMap<string, TestState>,
  cut: boolean,
): SweepConclusion {
  const states = [...tests.values()].map(stateOf)
  const watched = states.filter((state) => state === 'watched').length
  const late = cut ? ' The budget of time was used up.' : ''
  return {
    details: `**completed**: ${flaky} tests known to flake, ${watched} of them without a failure since a later commit; ${fixed} newly proved fixed.${late}`,
    flaky,
    fixed,
  }
}
