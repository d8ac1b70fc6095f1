import type { CommitRules } from '../../contract/index.ts'
import type { Database } from '../write.ts'
import { keepMarks, type MarkedTests, readMarks } from './marked-tests.ts'
import { newestCommit, type TestedCommit, testedUpTo } from './tested-commits.ts'

/** What commits say of their own tests. */
export interface RulesStore extends RulesReader {
  /** Keeps the rules of a commit; the first stay. */
  put(suite: string, sha: string, rules: CommitRules): Promise<void>
  /** Adds names of tests that the rules of a commit concern. */
  mark(suite: string, sha: string, tests: MarkedTests): Promise<void>
}

export interface RulesReader {
  /** Undefined where the commit has none. */
  get(suite: string, sha: string): Promise<CommitRules | undefined>
  /** The tests that its rules concern, of those that its reports name. */
  marked(suite: string, sha: string): Promise<MarkedTests>
  newestCommit(suite: string): Promise<string | undefined>
  testedUpTo(commit: TestedCommit): Promise<TestedCommit[]>
}

export const rulesStore = (db: Database): RulesStore => ({
  async put(suite, sha, rules) {
    await db
      .insertInto('commit_rules')
      .values({ suite, sha, data: JSON.stringify(rules) })
      .onConflict((conflict) => conflict.columns(['suite', 'sha']).doNothing())
      .execute()
  },

  async get(suite, sha) {
    const row = await db
      .selectFrom('commit_rules')
      .select('data')
      .where('suite', '=', suite)
      .where('sha', '=', sha)
      .executeTakeFirst()
    return row === undefined ? undefined : JSON.parse(row.data)
  },

  mark: (suite, sha, tests) => keepMarks(db, { suite, sha }, tests),
  marked: (suite, sha) => readMarks(db, { suite, sha }),
  newestCommit: (suite) => newestCommit(db, suite),
  testedUpTo: (commit) => testedUpTo(db, commit),
})
