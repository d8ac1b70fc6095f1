import { formatRunId, type SuiteSpec } from '../../contract/index.ts'
import { decodeIds, encodeIds } from '../tests/id-set.ts'
import { keepTests } from '../tests/keep-tests.ts'
import { readFailures } from '../tests/read-failures.ts'
import { readSets } from '../tests/read-tests.ts'
import { takeIds } from '../tests/test-ids.ts'
import { type Database, type Write, write } from '../write.ts'
import { commandTest } from './command-test.ts'
import { conditionsOf } from './conditions.ts'
import { type Observation, readObservations } from './observations.ts'
import { type Freshness, type SeenRun, tallyFold } from './tally-fold.ts'
import { tallyTests } from './tally-tests.ts'
import { addFailures, addFingerprints, addRuns } from './write-counts.ts'
import { addTests } from './write-tests.ts'

interface FoldedSuite {
  id: string
  spec: SuiteSpec
  createdAt: string
  extensions: number
}

/** Rows of nobody's key. */
export const NOBODY = ''

/**
 * Counts the runs of a suite's commit in the history. A seed that is counted already under the same conditions is not
 * counted again, so that folding may be repeated at any time: what an extension added is then all that is new.
 */
export async function foldCommit(db: Database, suite: FoldedSuite, sha: string): Promise<void> {
  const commit = await db
    .selectFrom('commits')
    .select(['subject', 'committed_at', 'position'])
    .where('suite', '=', suite.id)
    .where('sha', '=', sha)
    .executeTakeFirst()
  if (commit === undefined) return
  const runs = isObservation(suite.spec) ? await seenRuns(db, suite, sha) : []
  await write(db, async (trx) => {
    // One fold at a time: two would both find the same seeds missing.
    await takeIds(trx, 0)
    if (runs.length > 0) {
      const id = await commitId(trx, { repo: suite.spec.repo, sha, ...commit })
      await count(trx, suite, id, runs)
    }
    await markFolded(trx, suite, sha)
  })
}

/** An isolation runs its tests in orders of its own choice. */
const isObservation = ({ partOf }: SuiteSpec): boolean => partOf?.kind !== 'isolation'

async function seenRuns(db: Database, suite: FoldedSuite, sha: string): Promise<SeenRun[]> {
  const observations = await readObservations(db, suite, sha)
  if (observations.length === 0) return []
  if (!observations.some(({ hasReports }) => hasReports)) return await runsOfCommand(db, suite, sha, observations)
  const failureSets = distinct(observations.map(({ failureSet }) => failureSet))
  const { failures } = await readFailures(db, failureSets)
  const none: ReadonlyMap<number, string | null> = new Map()
  return observations.map((seen) => ({
    ...{ seed: seen.seed, at: seen.at, ranSet: seen.ranSet, run: formatRunId({ suite: suite.id, sha, ...seen }) },
    failures: seen.failureSet === null ? none : (failures.get(seen.failureSet) ?? none),
  }))
}

/** Where no run left a report, the command itself is what was tested. */
async function runsOfCommand(
  db: Database,
  suite: FoldedSuite,
  sha: string,
  observations: readonly Observation[],
): Promise<SeenRun[]> {
  const empty = { failed: [], failedBeyond: [], skipped: [], outsideTests: [], unreadable: [], order: [] }
  const kept = await keepTests(db, suite.id, { ran: [commandTest(suite.spec.command)], ...empty })
  const [test] = kept.ran_set === null ? [] : ((await readSets(db, [kept.ran_set])).get(kept.ran_set) ?? [])
  const failure = new Map<number, null>(test === undefined ? [] : [[test, null]])
  return observations.map((seen) => ({
    ...{ seed: seen.seed, at: seen.at, ranSet: kept.ran_set, run: formatRunId({ suite: suite.id, sha, ...seen }) },
    failures: seen.failed ? failure : new Map(),
  }))
}

interface NewCommit {
  repo: string
  sha: string
  subject: string
  committed_at: string
  position: number
}

async function commitId(trx: Write, commit: NewCommit): Promise<number> {
  const known = await trx
    .selectFrom('history_commits')
    .select('id')
    .where('repo', '=', commit.repo)
    .where('sha', '=', commit.sha)
    .executeTakeFirst()
  if (known !== undefined) return known.id
  const id = await takeIds(trx, 1)
  await trx
    .insertInto('history_commits')
    .values({ id, ...commit })
    .execute()
  return id
}

async function count(trx: Write, suite: FoldedSuite, commit: number, runs: readonly SeenRun[]): Promise<void> {
  const owner = suite.spec.network?.key ?? NOBODY
  const sees = (other: string): boolean => other === owner || other === NOBODY
  const known = await seedsOf(trx, commit, conditionsOf(suite.spec))
  const freshnessOf = (seed: number): Freshness => ({
    own: !known.some((row) => sees(row.owner) && row.seeds.has(seed)),
    all: !known.some((row) => row.seeds.has(seed)),
  })
  const tally = tallyFold(runs, freshnessOf)
  const own = known.find((row) => row.owner === owner)?.seeds ?? new Set()
  const seeds = new Set([...own, ...runs.map(({ seed }) => seed)])
  if (seeds.size === own.size) return
  const earlierRuns = await earlierRunsOf(trx, commit)
  const sets = await readSets(trx, distinct([...tally.runs, ...earlierRuns].map(({ ranSet }) => ranSet)))
  const earlierFailures = await earlierFailuresOf(trx, commit)
  const deltas = tallyTests({ tally, earlierRuns, earlierFailures, sets, sees })
  const place = { commit, owner, repo: suite.spec.repo, suite: suite.id }
  await putSeeds(trx, { commit_id: commit, conditions: conditionsOf(suite.spec), owner }, seeds)
  await addRuns(trx, place, tally.runs)
  await addFailures(trx, place, tally.failures)
  await addFingerprints(trx, place, tally.fingerprints)
  await addTests(trx, owner, deltas)
}

async function seedsOf(trx: Write, commit: number, conditions: string) {
  const rows = await trx
    .selectFrom('history_seeds')
    .select(['owner', 'seeds'])
    .where('commit_id', '=', commit)
    .where('conditions', '=', conditions)
    .execute()
  return rows.map(({ owner, seeds }) => ({ owner, seeds: new Set(decodeIds(seeds)) }))
}

async function putSeeds(
  trx: Write,
  key: { commit_id: number; conditions: string; owner: string },
  seeds: ReadonlySet<number>,
): Promise<void> {
  const bytes = encodeIds([...seeds].toSorted((a, b) => a - b))
  await trx
    .insertInto('history_seeds')
    .values({ ...key, seeds: bytes })
    .onConflict((conflict) => conflict.columns(['commit_id', 'conditions', 'owner']).doUpdateSet({ seeds: bytes }))
    .execute()
}

async function earlierRunsOf(trx: Write, commit: number) {
  return await trx
    .selectFrom('history_runs')
    .select(['owner', 'ran_set as ranSet', 'runs as own', 'all_runs as all'])
    .where('commit_id', '=', commit)
    .execute()
}

async function earlierFailuresOf(trx: Write, commit: number) {
  return await trx
    .selectFrom('history_failures')
    .select(['owner', 'test', 'failed as own', 'all_failed as all'])
    .where('commit_id', '=', commit)
    .execute()
}

async function markFolded(trx: Write, { id: suite, extensions: extension }: FoldedSuite, sha: string): Promise<void> {
  await trx
    .insertInto('history_folds')
    .values({ suite, sha, extension })
    .onConflict((conflict) => conflict.columns(['suite', 'sha']).doUpdateSet({ extension }))
    .execute()
}

const distinct = (ids: readonly (number | null)[]): number[] => [...new Set(ids.filter((id) => id !== null))]
