import type { HistoryPage, TestHistoryDocument } from '../../contract/http/tests.ts'
import { invalidInput } from '../../contract/index.ts'
import { alwaysValid } from '../../stats/always-valid.ts'
import { changePoints } from '../../stats/change-points.ts'
import { zeroFailureUpperBound } from '../../stats/interval.ts'
import type { Counts, HistoryReader, TestHistoryQuery, TestsQuery } from './history-store.ts'
import { dayOf } from './tally-fold.ts'

const DAY_MS = 24 * 3_600_000

/** The day from which on `days` days are counted, today among them; undefined for all. */
const sinceOf = (days: number | undefined): string | undefined =>
  days === undefined ? undefined : dayOf(new Date(Date.now() - (days - 1) * DAY_MS).toISOString())

/** How many runs there are was never fixed in advance, and people look at any time: hence the intervals. */
const rateOf = ({ runs, failures }: Counts) => ({
  ...{ runs, failed: failures, failureRate: failures / runs, interval: alwaysValid(failures, runs) },
  ...(failures === 0 ? { upperBound: zeroFailureUpperBound(runs) } : {}),
})

const withRate = <T extends Counts>({ runs, failures, ...rest }: T) => ({ ...rest, ...rateOf({ runs, failures }) })

type Since<Q> = Omit<Q, 'since' | 'daysFrom'> & { days?: number | undefined }

/** Days that come with each test of a list, unless fewer or more are asked for. */
const LISTED_DAYS = 30
const MOST_LISTED_DAYS = 366

/** A page of tests as `GET /v1/tests` and `commit-suite history --json` show it. */
export async function historyPage(
  history: Pick<HistoryReader, 'tests'>,
  { days, ...query }: Since<TestsQuery>,
): Promise<HistoryPage> {
  const daysFrom = sinceOf(Math.min(days ?? LISTED_DAYS, MOST_LISTED_DAYS))
  const { tests, next } = await history.tests({ ...query, since: sinceOf(days), daysFrom })
  const documents = tests.map(({ days: counts = [], ...test }) => ({
    ...withRate(test),
    days: counts.map(({ day, runs, failures }) => ({ day, runs, failed: failures, failureRate: failures / runs })),
  }))
  return { tests: documents, next }
}

/** What is known of one test. Throws `history_not_found`. */
export async function testHistoryDocument(
  history: Pick<HistoryReader, 'test'>,
  { days, ...query }: Since<TestHistoryQuery>,
): Promise<TestHistoryDocument> {
  const known = await history.test({ ...query, since: sinceOf(days) })
  if (known === undefined) throw unknownTest(query.test, `no judged run in ${query.repo} had a test of that name`)
  if (known.runs === 0) throw unknownTest(query.test, `it did not run in the last ${days} days`)
  const { commits, ...rest } = known
  return {
    ...withRate(rest),
    commits: commits.map(withRate),
    days: known.days.map(withRate),
    changePoints: changePoints(commits).map(({ position, ...change }) => ({
      sha: commits[position]?.sha ?? '',
      ...change,
    })),
  }
}

const unknownTest = (test: string, rule: string) =>
  invalidInput('test', test, rule, 'commit-suite history and GET /v1/tests list those that are.', 'history_not_found')
