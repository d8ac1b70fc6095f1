import {
  invalidInput,
  isOpen,
  LIMITS,
  type NumberedExtension,
  parseNumberedExtension,
  type SoundExtension,
  type SuiteSpec,
} from '../src/contract/index.ts'
import { drawSeeds } from '../src/stats/seeds.ts'
import { extensionDigest } from '../src/store/request-digest.ts'
import type { Store, StoredSuite } from '../src/store/store.ts'
import type { ExtendedSuite } from '../workflows/api.ts'
import { assertSupported } from './assert-supported.ts'
import type { ActivityDeps } from './deps.ts'
import { findSuite } from './suite-lookup.ts'
import { planOf } from './suite-plan.ts'

type Deps = Pick<ActivityDeps, 'store' | 'executors' | 'searchable' | 'repositoryLabel'>

/**
 * Puts an extension on record, whoever asked for it, and plans the runs it makes. Throws `invalid_input`,
 * `suite_too_large`, or `extension_conflict` where its number belongs to another extension or is not the next one;
 * the suite is then as it was.
 */
export async function admitExtension(
  deps: Deps,
  input: { suite: string; extension: NumberedExtension },
): Promise<ExtendedSuite> {
  const { store } = deps
  const { suite } = input
  const { number, ...extension } = parseNumberedExtension(input.extension)
  const requestDigest = extensionDigest(extension)
  const before = await findSuite(store, suite)
  if (before.extensions < number) {
    await assertExtensible(deps, before, extension)
    const seeds = await newSeeds(store, before.spec, extension)
    await store.suites.extend(suite, { number, requestDigest, seeds, errors: extension.errors })
  }
  const [{ spec, status }, recorded] = await Promise.all([
    findSuite(store, suite),
    store.suites.extension(suite, number),
  ])
  if (recorded?.requestDigest !== requestDigest || !isOpen(status)) {
    const rule = `suite ${suite} has an extension of this number already`
    throw invalidInput('number', number, rule, undefined, 'extension_conflict')
  }
  const plan = await planOf(deps, suite, spec)
  return {
    plan: { ...plan, extension: number, from: recorded.firstAttempt, errors: extension.errors },
    pauses: await pausesSoFar(store, suite),
  }
}

async function assertExtensible(deps: Deps, { id, spec, status }: StoredSuite, asked: SoundExtension): Promise<void> {
  const { store } = deps
  const commits = await store.suites.countCommits(id)
  if (commits === 0) {
    const rule = `is ${status} and never had commits to run`
    throw invalidInput('suite', id, rule, 'Start it again with commit-suite run.', 'suite_conflict')
  }
  assertSize(commits, spec.runs, asked.runs)
  if (isOpen(status)) return
  await assertSupported(deps, spec)
  if (asked.runs === 0 && !(await hasUnfinished(store, spec, commits))) {
    throw invalidInput('errors', true, 'no run of the suite ended error or cancelled', 'Add runs instead.')
  }
}

function assertSize(commits: number, before: number, added: number): void {
  const runs = before + added
  const { runsPerCommit, runsPerSuite } = LIMITS
  const refuse = (rule: string) =>
    invalidInput('runs', added, rule, 'Ask for fewer runs, or start another suite.', 'suite_too_large')
  if (runs > runsPerCommit) throw refuse(`makes ${runs} runs of each commit; at most ${runsPerCommit} are possible`)
  if (commits * runs <= runsPerSuite) return
  throw refuse(`${commits} commits make ${commits * runs} runs; a suite has at most ${runsPerSuite}`)
}

/**
 * Whether some run has no result, or none but `error` or `cancelled`; of a commit that stopped early only those it had
 * begun are looked for.
 */
async function hasUnfinished(store: Store, { id, runs, until }: SuiteSpec, commits: number): Promise<boolean> {
  const tallies = await store.results.tallies(id)
  if (tallies.size < commits) return true
  if (until !== undefined) return [...tallies.values()].some(({ errors, cancelled }) => errors + cancelled > 0)
  return [...tallies.values()].some((tally) => {
    const finished = tally.passed + tally.failed + tally.timedOut + tally.crashed
    return finished < runs
  })
}

/** Seeds that the suite has not used: those given, else the next ones of its own draw. */
async function newSeeds(store: Store, { id, seed, runs }: SuiteSpec, asked: SoundExtension): Promise<number[]> {
  if (asked.runs === 0) return []
  const used = new Set(await store.suites.seeds(id, 0, runs))
  if (asked.seeds !== undefined) {
    const repeated = asked.seeds.find((given) => used.has(given))
    if (repeated !== undefined) throw invalidInput('seeds', repeated, 'is a seed of this suite already')
    return asked.seeds
  }
  if (seed === null) {
    const rule = 'the seeds of this suite were given one by one, so that none can be drawn'
    throw invalidInput('runs', asked.runs, rule, 'Give the new ones as seeds.')
  }
  // At most as many of the draw as the suite has seeds are taken, in whatever way it came by them.
  const drawn = drawSeeds(seed, used.size + asked.runs)
  return drawn.filter((candidate) => !used.has(candidate)).slice(0, asked.runs)
}

/** The ordinal of the suite's last pause or resumption: those to come are numbered on from it. */
async function pausesSoFar({ events }: Store, suite: string): Promise<number> {
  const ordinals = await Promise.all(
    (['suite.paused', 'suite.resumed'] as const).map((type) => events.lastOrdinal(suite, type, suite)),
  )
  return Math.max(...ordinals)
}
