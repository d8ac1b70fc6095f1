import { isOpen, SUITE_STATUSES, type SuiteSpec } from '../../contract/index.ts'
import type { Database } from '../write.ts'
import { foldCommit } from './fold.ts'

const COMMITS_AT_ONCE = 200

/** Folds one commit of a suite. */
export async function foldOne(db: Database, suite: string, sha: string): Promise<void> {
  const found = await suiteOf(db, suite)
  if (found !== undefined) await foldCommit(db, found, sha)
}

/** Folds what is left of a suite that has ended: commits that got no verdict count as far as they went. */
export async function foldSuite(db: Database, id: string, signal?: AbortSignal): Promise<void> {
  const suite = await suiteOf(db, id)
  if (suite === undefined || isOpen(suite.status) || suite.folded !== null) return
  for (;;) {
    const commits = await unfoldedCommits(db, suite)
    for (const { sha } of commits) {
      if (signal?.aborted === true) return
      await foldCommit(db, suite, sha)
    }
    if (commits.length < COMMITS_AT_ONCE) break
  }
  await db
    .updateTable('suites')
    .set({ folded: suite.extensions })
    .where('id', '=', id)
    // Extended meanwhile: then there is more to come.
    .where('extensions', '=', suite.extensions)
    .execute()
}

/** Suites that have ended and are not in the history as a whole, those that ended first at the front. */
export async function unfoldedSuites(db: Database, limit: number): Promise<string[]> {
  const rows = await db
    .selectFrom('suites')
    .select('id')
    .where('folded', 'is', null)
    .where('status', 'not in', SUITE_STATUSES.filter(isOpen))
    .orderBy('finished_at')
    .orderBy('id')
    .limit(limit)
    .execute()
  return rows.map(({ id }) => id)
}

async function suiteOf(db: Database, id: string) {
  const row = await db
    .selectFrom('suites')
    .select(['spec', 'status', 'created_at as createdAt', 'extensions', 'folded'])
    .where('id', '=', id)
    .executeTakeFirst()
  if (row === undefined) return undefined
  const spec: SuiteSpec = JSON.parse(row.spec)
  return { id, ...row, spec }
}

const unfoldedCommits = (db: Database, { id, extensions }: { id: string; extensions: number }) =>
  db
    .selectFrom('commits')
    .select('sha')
    .where('suite', '=', id)
    .where((eb) =>
      eb.exists(
        eb
          .selectFrom('results')
          .select('results.attempt')
          .whereRef('results.suite', '=', 'commits.suite')
          .whereRef('results.sha', '=', 'commits.sha'),
      ),
    )
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('history_folds')
            .select('history_folds.sha')
            .whereRef('history_folds.suite', '=', 'commits.suite')
            .whereRef('history_folds.sha', '=', 'commits.sha')
            .where('history_folds.extension', '>=', extensions),
        ),
      ),
    )
    .orderBy('position')
    .limit(COMMITS_AT_ONCE)
    .execute()
