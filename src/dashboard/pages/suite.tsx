import { formatRunId, suiteWorkflowId } from '../../contract/names.ts'
import { shownCells } from '../../progress/counted.ts'
import { paceOf } from '../../progress/pace.ts'
import { orderedCommits } from '../../progress/state.ts'
import { inPath } from '../api/request.ts'
import { Badge } from '../components/badge.tsx'
import { Page } from '../components/page.tsx'
import { Empty, Failure, Loading } from '../components/states.tsx'
import { TemporalLink } from '../components/temporal-link.tsx'
import { now } from '../components/when.tsx'
import { go } from '../location.ts'
import { Matrix } from '../matrix/matrix.tsx'
import { href } from '../router.ts'
import { CommitsTable } from '../suite/commits-table.tsx'
import { Facts } from '../suite/facts.tsx'
import { FailedTests } from '../suite/failed-tests.tsx'
import { Steering } from '../suite/steering.tsx'
import { matrixSummary, paceWords } from '../suite/summary.ts'
import { Trouble } from '../suite/trouble.tsx'
import { useSuite } from '../suite/use-suite.ts'

/** A suite as it goes: its matrix, its commits, its tests. */
export default function SuitePage({ suite }: { suite: string }) {
  const { state: followed, stream, refused, restart, document } = useSuite(suite)
  const { progress: state, newest } = followed
  if (refused !== undefined) {
    return (
      <Page title={suite} above={<AllSuites />}>
        <Failure error={refused} onRetry={restart} />
      </Page>
    )
  }
  const commits = orderedCommits(state)
  const pace = paceOf(state, Math.max(now.value, state.recentEndsMs.at(-1) ?? 0))
  const status = state.seq === 0 ? (document.data?.status ?? state.status) : state.status
  const rows = commits.map((commit) => ({ sha: commit.sha, cells: shownCells(state, commit) }))
  return (
    <Page
      title={suite}
      above={<AllSuites />}
      beside={
        <>
          <Badge status={status} />
          <Steering
            suite={suite}
            status={status}
            extensions={document.data === undefined ? undefined : (document.data.extensions ?? 0)}
            onChanged={() => {
              restart()
              document.reload()
            }}
          />
        </>
      }
    >
      <Progress finished={pace.finished} total={pace.total} words={paceWords(pace)} />
      <Trouble progress={state} />
      {rows.length === 0 ? (
        stream === 'connecting' && state.seq === 0 ? (
          <Loading what="Loading the suite" />
        ) : (
          <Empty title="Its commits are not resolved yet." />
        )
      ) : (
        <section class="card" aria-label="Matrix of commits and runs">
          <Matrix
            rows={rows}
            summary={matrixSummary(state)}
            onOpen={({ row, attempt }) => {
              const run = formatRunId({ suite, sha: rows[row]?.sha ?? '', attempt, generation: 0 })
              go(href(['runs', newest.get(run) ?? run]))
            }}
          />
        </section>
      )}
      <CommitsTable suite={suite} commits={commits} level={state.level} />
      {document.data === undefined ? null : (
        <>
          <FailedTests suite={suite} repo={document.data.repo} commits={document.data.commits} />
          <section class="part" aria-labelledby="facts-title">
            <h2 id="facts-title">What was asked for</h2>
            <Facts document={document.data} />
            <p class="links">
              <TemporalLink workflow={suiteWorkflowId(suite)}>In Temporal</TemporalLink>
              <a href={`/v1/suites/${inPath(suite)}/report.html`}>Report</a>
              <a href={`/v1/suites/${inPath(suite)}/report.md`}>Markdown</a>
              <a href={`/v1/suites/${inPath(suite)}/report.xml`}>JUnit</a>
            </p>
          </section>
        </>
      )}
    </Page>
  )
}

const AllSuites = () => <a href="#/suites">Suites</a>

function Progress({ finished, total, words }: { finished: number; total: number; words: string[] }) {
  if (total === 0) return null
  return (
    <div class="progress">
      <progress value={finished} max={total} aria-label="Runs that are over" />
      <p class="progress-words">{words.join(' · ')}</p>
    </div>
  )
}
