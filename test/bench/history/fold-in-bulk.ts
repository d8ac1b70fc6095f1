import { sql } from 'kysely'
import type { HistoryDatabase } from './database.ts'

/** Far from the ids that the store gives. */
const FIRST_ID = 1_000_000

/** Of suites that are not in the history yet: their results, with the commit's id there. */
const UNFOLDED = sql`
  select h.id as commit_id, h.repo, r.suite, r.sha, r.attempt, r.ran_set, r.failure_set, r.started_at,
    substr(r.started_at, 1, 10) as day
  from results r join suites s on s.id = r.suite and s.folded is null
    join history_commits h on h.repo = s.repo and h.sha = r.sha`

const STATEMENTS = [
  sql`insert into history_commits (id, repo, sha, subject, committed_at, position)
    select ${sql.lit(FIRST_ID)} + row_number() over (order by s.repo, c.committed_at, c.position),
      s.repo, c.sha, c.subject, c.committed_at, c.position
    from commits c join suites s on s.id = c.suite where s.folded is null`,
  sql`insert into history_runs (commit_id, owner, day, ran_set, runs, all_runs)
    select commit_id, '', day, ran_set, count(*), count(*) from (${UNFOLDED}) seen group by commit_id, day, ran_set`,
  sql`insert into history_days (repo, owner, day, ran_set, runs, all_runs)
    select h.repo, '', r.day, r.ran_set, sum(r.runs), sum(r.runs)
    from history_runs r join history_commits h on h.id = r.commit_id where h.id >= ${sql.lit(FIRST_ID)}
    group by h.repo, r.day, r.ran_set`,
  sql`insert into history_failures (commit_id, test, owner, day, failed, all_failed)
    select seen.commit_id, f.test, '', seen.day, count(*), count(*)
    from (${UNFOLDED} where r.failure_set is not null) seen join test_failures f on f.failure_set = seen.failure_set
    group by seen.commit_id, f.test, seen.day`,
  sql`insert into history_fingerprints (test, owner, fingerprint, message, failures, all_failures, first_seen, last_seen, run)
    select f.test, '', f.fingerprint, 'AssertionError', count(*), count(*), min(seen.started_at), max(seen.started_at),
      max(seen.suite || '.' || substr(seen.sha, 1, 12) || '.' || cast(seen.attempt as text))
    from (${UNFOLDED} where r.failure_set is not null) seen join test_failures f on f.failure_set = seen.failure_set
    group by f.test, f.fingerprint`,
  sql`insert into history_tests (test, owner, repo, runs, all_runs, failed, all_failed, commits, all_commits, flaky,
      all_flaky, first_seen, last_seen, first_failed, last_failed)
    select t.id, '', t.repo, ran.runs, ran.runs, coalesce(f.failed, 0), coalesce(f.failed, 0), ran.commits, ran.commits,
      case when f.failed > 0 then 1 else 0 end, case when f.failed > 0 then 1 else 0 end, ran.first, ran.last, f.first, f.last
    from tests t
      join (
        select h.repo, sum(r.runs) as runs, count(*) as commits, min(h.committed_at) as first, max(h.committed_at) as last
        from history_runs r join history_commits h on h.id = r.commit_id where h.id >= ${sql.lit(FIRST_ID)} group by h.repo
      ) ran on ran.repo = t.repo
      left join (
        select x.test, sum(x.failed) as failed, min(h.committed_at) as first, max(h.committed_at) as last
        from history_failures x join history_commits h on h.id = x.commit_id where h.id >= ${sql.lit(FIRST_ID)} group by x.test
      ) f on f.test = t.id`,
  sql`update suites set folded = 0 where folded is null`,
]

/**
 * What folding every suite through the store comes to, in one statement for each table: every run of a generated
 * repository has all its tests, and each seed occurs once at a commit.
 */
export async function foldInBulk({ db }: HistoryDatabase): Promise<void> {
  for (const statement of STATEMENTS) await statement.execute(db)
}
