/** Tables of what commits say of their own tests; a suite's rows go with it. */
export interface RuleTables {
  commit_rules: CommitRulesTable
  marked_tests: MarkedTestsTable
}

interface CommitRulesTable {
  suite: string
  sha: string
  /** JSON of the CommitRules. */
  data: string
}

/** Runs of a commit in which the same tests ended share a row. */
interface MarkedTestsTable {
  suite: string
  sha: string
  mark: 'ignored' | 'quarantined'
  /** Of `test_sets`. */
  test_set: number
}
