import type { ReportedCommit } from '../../contract/report.ts'
import type { ReportedTest } from '../../contract/reported-test.ts'
import { count, plural } from '../../report/format.ts'
import { Ansi } from '../components/ansi.tsx'
import { Badge } from '../components/badge.tsx'
import { Rate } from '../components/rate.tsx'
import { href } from '../router.ts'

interface FailedTestsProps {
  suite: string
  repo: string
  commits: readonly ReportedCommit[]
}

const MOST = 100

/** Tests that failed, by test and commit, with the messages that they failed with. */
export function FailedTests({ suite, repo, commits }: FailedTestsProps) {
  const failed = commits.flatMap(({ sha, tests = [] }) =>
    tests.filter((test) => test.failed > 0).map((test) => ({ sha, test })),
  )
  if (failed.length === 0) return null
  return (
    <section aria-labelledby="tests-title" class="part">
      <h2 id="tests-title">Tests that failed</h2>
      <div class="card flush scroll">
        <table class="stack">
          <thead>
            <tr>
              <th scope="col">Test</th>
              <th scope="col">Commit</th>
              <th scope="col">Verdict</th>
              <th scope="col">Failure rate</th>
              <th scope="col" class="number">
                Failed
              </th>
            </tr>
          </thead>
          <tbody>
            {failed.slice(0, MOST).map(({ sha, test }) => (
              <tr key={`${sha} ${test.id}`}>
                <td class="test-name">
                  <a href={href(['tests', 'history'], { repo, test: test.id })}>{test.id}</a>
                  <Groups test={test} />
                </td>
                <td>
                  <a class="mono" href={href(['suites', suite, 'commits', sha.slice(0, 12)])}>
                    {sha.slice(0, 10)}
                  </a>
                </td>
                <td>
                  <Badge status={test.verdict} />
                  {test.quarantined === true ? <span class="under quiet">quarantined</span> : null}
                  {test.ignored === true ? <span class="under quiet">ignored</span> : null}
                </td>
                <td>
                  <Rate rate={test.failureRate} interval={test.interval} upperBound={test.upperBound} />
                </td>
                <td class="number">
                  {count(test.failed)} of {count(test.runs)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {failed.length > MOST ? <p class="quiet">and {plural(failed.length - MOST, 'more failing test')}</p> : null}
    </section>
  )
}

/** Failures with the same message are one. */
const Groups = ({ test: { failures } }: { test: ReportedTest }) => (
  <>
    {failures.slice(0, 3).map(({ fingerprint, message, runs, example }) => (
      <span key={fingerprint} class="group">
        <span class="group-message">
          <Ansi text={message} />
        </span>
        <span class="quiet">
          {plural(runs, 'run')}, as in <a href={href(['runs', example])}>{example.split('.').slice(1).join('.')}</a>
        </span>
      </span>
    ))}
  </>
)
