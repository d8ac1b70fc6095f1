import type { HistoryPage, HistoryTest } from '../../contract/http/tests.ts'
import { count, plural } from '../../report/format.ts'
import { getJson, withQuery } from '../api/request.ts'
import { usePages } from '../api/use-pages.ts'
import { Badge } from '../components/badge.tsx'
import { MoreButton } from '../components/more.tsx'
import { Page } from '../components/page.tsx'
import { Rate } from '../components/rate.tsx'
import { Empty, Loaded } from '../components/states.tsx'
import { When } from '../components/when.tsx'
import { Filters } from '../history/filters.tsx'
import { type HistoryQuery, historyQuery } from '../history/query.ts'
import { sparkline } from '../history/series.ts'
import { location } from '../location.ts'
import { href } from '../router.ts'

const EVERY_MS = 15_000

/** Tests over all suites: how often each fails. */
export default function TestsPage() {
  const asked = historyQuery(location.value.query)
  const { repo, flaky, sort, days } = asked
  const tests = usePages(
    async (cursor, signal) => {
      const path = withQuery('/v1/tests', { repo, flaky, sort, days, cursor })
      const page: HistoryPage = await getJson(path, { signal })
      return { items: page.tests, next: page.next }
    },
    [repo, flaky, sort, days],
    { everyMs: EVERY_MS },
  )
  const repos = [...new Set(tests.data?.items.map((test) => test.repo))]
  return (
    <Page title="Tests">
      <Filters asked={asked} repos={repos} />
      <Loaded resource={tests} what="Loading tests">
        {({ items }) =>
          items.length === 0 ? (
            <Nothing asked={asked} />
          ) : (
            <>
              <Table tests={items} asked={asked} />
              <MoreButton pages={tests} />
            </>
          )
        }
      </Loaded>
    </Page>
  )
}

const Nothing = ({ asked: { repo, flaky, days } }: { asked: HistoryQuery }) =>
  repo === '' && flaky === '' && days === '' ? (
    <Empty title="No test is on record.">
      <p>
        Tests are known from the reports of runs; <code>commit-suite run --reports r.xml</code> says where they are.
      </p>
    </Empty>
  ) : (
    <Empty title="No test is like this.">
      <p>
        <a href={href(['tests'], { days: 'all' })}>All tests of all time</a>
      </p>
    </Empty>
  )

const Table = ({ tests, asked }: { tests: readonly HistoryTest[]; asked: HistoryQuery }) => (
  <div class="card flush scroll">
    <table class="stack">
      <thead>
        <tr>
          <th scope="col">Test</th>
          <th scope="col">Failure rate</th>
          <th scope="col">Over days</th>
          <th scope="col" class="number">
            Failed runs
          </th>
          <th scope="col" class="number">
            Commits
          </th>
          <th scope="col" class="number">
            Ways to fail
          </th>
          <th scope="col">Last failed</th>
        </tr>
      </thead>
      <tbody>
        {tests.map((test) => (
          <Test key={`${test.repo} ${test.test}`} test={test} asked={asked} />
        ))}
      </tbody>
    </table>
  </div>
)

function Test({ test: known, asked }: { test: HistoryTest; asked: HistoryQuery }) {
  const { repo, test, flaky, runs, failed, failureRate, interval, upperBound, commits, fingerprints, lastFailed } =
    known
  const address = href(['tests', 'history'], { repo, test, days: asked.days || 'all' })
  return (
    <tr>
      <td class="test-name">
        <a href={address}>
          <bdi>{test}</bdi>
        </a>
        <span class="under quiet">{repo}</span>
        {flaky ? <Badge status="flaky" /> : null}
      </td>
      <td>
        <Rate rate={failureRate} interval={interval} {...(upperBound === undefined ? {} : { upperBound })} />
      </td>
      <td data-label="Over days">
        <Spark days={known.days ?? []} />
      </td>
      <td class="number" data-label="Failed runs">
        {count(failed)} of {count(runs)}
      </td>
      <td class="number" data-label="Commits">
        {count(commits)}
      </td>
      <td class="number" data-label="Ways to fail">
        {fingerprints === 0 ? '–' : count(fingerprints)}
      </td>
      <td data-label="Last failed">
        <When at={lastFailed} />
      </td>
    </tr>
  )
}

const BOX = { width: 120, height: 28 }

function Spark({ days }: { days: NonNullable<HistoryTest['days']> }) {
  const drawn = sparkline(days, BOX)
  if (drawn === undefined) return <span class="quiet">{days.length === 1 ? 'one day' : '–'}</span>
  return (
    <svg
      class="spark"
      viewBox={`0 0 ${BOX.width} ${BOX.height}`}
      role="img"
      aria-label={`${plural(days.length, 'day')}`}
    >
      <polyline class="spark-line" points={drawn} />
    </svg>
  )
}
