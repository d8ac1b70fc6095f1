import type { ReportedCommit } from '../../contract/report.ts'
import { plural } from '../../report/format.ts'
import { type Answer, getJson, inPath } from '../api/request.ts'
import { useResource } from '../api/use-resource.ts'
import { Badge } from '../components/badge.tsx'
import { Page } from '../components/page.tsx'
import { Rate } from '../components/rate.tsx'
import { Empty, Loaded } from '../components/states.tsx'
import { href } from '../router.ts'
import { CommitRuns } from '../suite/commit-runs.tsx'
import { Fact } from '../suite/facts.tsx'
import { FailedTests } from '../suite/failed-tests.tsx'

/** One commit of a suite: its verdict, its tests, and its runs as a list. */
export default function CommitPage({ suite, sha }: { suite: string; sha: string }) {
  const document = useResource(
    (signal) => getJson<Answer<'getSuite'>>(`/v1/suites/${inPath(suite)}`, { signal }),
    [suite],
  )
  const found = document.data?.commits.find((commit) => commit.sha.startsWith(sha))
  return (
    <Page
      title={`Commit ${sha.slice(0, 12)}`}
      above={
        <>
          <a href="#/suites">Suites</a> / <a href={href(['suites', suite])}>{suite}</a>
        </>
      }
      beside={found === undefined ? undefined : <Badge status={found.verdict} />}
    >
      <Loaded resource={document} what="Loading the commit">
        {({ repo }) =>
          found === undefined ? (
            <Empty title="This suite has no such commit." />
          ) : (
            <>
              <CommitFacts commit={found} />
              <FailedTests suite={suite} repo={repo} commits={[found]} />
              <CommitRuns suite={suite} sha={found.sha} />
            </>
          )
        }
      </Loaded>
    </Page>
  )
}

function CommitFacts({ commit }: { commit: ReportedCommit }) {
  const { subject, refs, failureRate, interval, upperBound, runs, independence, unreadableReports, outsideTests } =
    commit
  return (
    <>
      <dl class="facts">
        <Fact name="Subject">{subject}</Fact>
        <Fact name="Asked for as">{refs.join(', ')}</Fact>
        <Fact name="Failure rate">
          <Rate rate={failureRate} interval={interval} upperBound={upperBound} />
        </Fact>
        <Fact name="From">{plural(runs, 'run')}</Fact>
      </dl>
      {independence?.clustered === true ? (
        <p class="notice">
          Its runs depend on the machine they were on: they are worth {independence.effectiveRuns.toFixed(1)}{' '}
          independent ones.
        </p>
      ) : null}
      {unreadableReports === undefined ? null : (
        <p class="notice">
          {plural(unreadableReports.reports, 'report')} of {plural(unreadableReports.runs, 'run')} could not be read:{' '}
          {unreadableReports.why}
        </p>
      )}
      {(outsideTests ?? []).map(({ name, fingerprint, message, runs: failed }) => (
        <p key={`${name} ${fingerprint}`} class="notice is-bad">
          {name} failed in {plural(failed, 'run')}: {message}
        </p>
      ))}
    </>
  )
}
