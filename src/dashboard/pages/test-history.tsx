import type { TestHistoryDocument } from '../../contract/http/tests.ts'
import { percent, plural } from '../../report/format.ts'
import { getJson, withQuery } from '../api/request.ts'
import { useResource } from '../api/use-resource.ts'
import { Page } from '../components/page.tsx'
import { Rate } from '../components/rate.tsx'
import { Sha } from '../components/sha.tsx'
import { Empty, Loaded } from '../components/states.tsx'
import { When } from '../components/when.tsx'
import { Commits } from '../history/commits.tsx'
import { DaysFilter } from '../history/filters.tsx'
import { Fingerprints } from '../history/fingerprints.tsx'
import { daysOf } from '../history/query.ts'
import { RateChart } from '../history/rate-chart.tsx'
import { changeWords, commitBand, dayBand, marksOf, pointWords } from '../history/series.ts'
import { location } from '../location.ts'
import { href } from '../router.ts'
import { Fact } from '../suite/facts.tsx'

const EVERY_MS = 15_000

/** One test over time: how often it fails, since when, and in which ways. */
export default function TestHistoryPage() {
  const { query } = location.value
  const [repo, test, days] = [query.get('repo') ?? '', query.get('test') ?? '', daysOf(query)]
  const history = useResource(
    (signal) => getJson<TestHistoryDocument>(withQuery('/v1/tests/history', { repo, test, days }), { signal }),
    [repo, test, days],
    { everyMs: EVERY_MS },
  )
  return (
    <Page title={test === '' ? 'History of a test' : test} above={<a href={href(['tests'], { repo })}>Tests</a>}>
      <form class="filters" onSubmit={(event) => event.preventDefault()}>
        <DaysFilter />
      </form>
      <Loaded resource={history} what="Loading the history">
        {(found) => (
          <>
            <Summary history={found} />
            <Changes history={found} />
            <OverDays days={found.days} />
            <OverCommits history={found} />
            <section class="part">
              <h2>Ways in which it failed</h2>
              <Fingerprints fingerprints={found.fingerprints} failed={found.failed} />
            </section>
          </>
        )}
      </Loaded>
    </Page>
  )
}

const Summary = ({
  history: { repo, runs, failed, failureRate, interval, upperBound, firstSeen, lastSeen },
}: HistoryProps) => (
  <section class="card" aria-label="Summary">
    <dl class="facts">
      <Fact name="Failure rate">
        <Rate rate={failureRate} interval={interval} {...(upperBound === undefined ? {} : { upperBound })} />
      </Fact>
      <Fact name="Failed">
        {failed} of {plural(runs, 'run')}
      </Fact>
      <Fact name="First seen">
        <When at={firstSeen} />
      </Fact>
      <Fact name="Last seen">
        <When at={lastSeen} />
      </Fact>
      <Fact name="Repository">{repo}</Fact>
    </dl>
  </section>
)

interface HistoryProps {
  history: TestHistoryDocument
}

function Changes({ history: { repo, commits, changePoints } }: HistoryProps) {
  if (changePoints.length === 0) return null
  const subjects = new Map(commits.map(({ sha, subject }) => [sha, subject]))
  return (
    <section class="part">
      <h2>Where it changed</h2>
      <ul class="changes">
        {changePoints.map((change) => (
          <li key={change.sha} class={`card change is-${change.direction}`}>
            <strong>The rate {changeWords(change)}</strong>
            <span>
              at <Sha repo={repo} sha={change.sha} /> <bdi>{subjects.get(change.sha)}</bdi>
            </span>
            <span class="quiet">{percent(change.probability)} that it was at this commit</span>
          </li>
        ))}
      </ul>
    </section>
  )
}

function OverDays({ days }: { days: TestHistoryDocument['days'] }) {
  if (days.length === 0) return null
  const [first, last] = [days[0]?.day, days.at(-1)?.day]
  return (
    <section class="part">
      <h2>Over days</h2>
      <div class="card">
        <RateChart
          label={`Failure rate over ${plural(days.length, 'day')}, from ${first} to ${last}, with its intervals.`}
          band={dayBand(days)}
          isTime
          describe={(index) => {
            const day = days[index]
            return day === undefined ? '' : `${day.day}: ${pointWords(day)}`
          }}
        />
      </div>
    </section>
  )
}

function OverCommits({ history: { repo, commits, changePoints } }: HistoryProps) {
  if (commits.length === 0) return <Empty title="It did not run in this time." />
  return (
    <section class="part">
      <h2>Over commits</h2>
      <div class="card">
        <RateChart
          label={`Failure rate over ${plural(commits.length, 'commit')}, the oldest first, with its intervals.`}
          band={commitBand(commits)}
          isTime={false}
          tick={(index) => commits[index]?.sha.slice(0, 7) ?? ''}
          marks={marksOf(commits, changePoints)}
          describe={(index) => {
            const commit = commits[index]
            return commit === undefined ? '' : `${commit.sha.slice(0, 12)} ${commit.subject}: ${pointWords(commit)}`
          }}
        />
      </div>
      <Commits repo={repo} commits={commits} changes={changePoints} />
    </section>
  )
}
