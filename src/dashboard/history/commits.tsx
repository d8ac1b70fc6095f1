import { useState } from 'preact/hooks'
import { count } from '../../report/format.ts'
import { Rate } from '../components/rate.tsx'
import { Sha } from '../components/sha.tsx'
import { type ChangePoint, changeWords, type HistoryCommit } from './series.ts'

interface CommitsProps {
  repo: string
  /** The oldest first. */
  commits: readonly HistoryCommit[]
  changes: readonly ChangePoint[]
}

const AT_FIRST = 15

/** The numbers of the chart, the newest commit first. */
export function Commits({ repo, commits, changes }: CommitsProps) {
  const [isWhole, setIsWhole] = useState(false)
  const changeAt = new Map(changes.map((change) => [change.sha, change]))
  const shown = isWhole ? commits : commits.slice(-AT_FIRST)
  return (
    <>
      <div class="card flush scroll">
        <table class="stack">
          <thead>
            <tr>
              <th scope="col">Commit</th>
              <th scope="col">Failure rate</th>
              <th scope="col" class="number">
                Failed runs
              </th>
              <th scope="col">Committed</th>
            </tr>
          </thead>
          <tbody>
            {shown.toReversed().map((commit) => (
              <Commit key={commit.sha} {...{ repo, commit }} change={changeAt.get(commit.sha)} />
            ))}
          </tbody>
        </table>
      </div>
      {shown.length < commits.length ? (
        <div class="buttons">
          <button type="button" onClick={() => setIsWhole(true)}>
            Show all {count(commits.length)} commits
          </button>
        </div>
      ) : null}
    </>
  )
}

interface CommitProps {
  repo: string
  commit: HistoryCommit
  change: ChangePoint | undefined
}

function Commit({ repo, commit, change }: CommitProps) {
  const { sha, subject, committedAt, runs, failed, failureRate, interval, upperBound } = commit
  return (
    <tr>
      <td class="commit-name">
        <Sha repo={repo} sha={sha} />
        <bdi class="subject">{subject}</bdi>
        {change === undefined ? null : <strong class="under">The rate {changeWords(change)} here</strong>}
      </td>
      <td>
        <Rate rate={failureRate} interval={interval} {...(upperBound === undefined ? {} : { upperBound })} />
      </td>
      <td class="number" data-label="Failed runs">
        {count(failed)} of {count(runs)}
      </td>
      <td data-label="Committed">
        <time dateTime={committedAt}>
          {new Date(committedAt).toLocaleString([], { dateStyle: 'medium', timeStyle: 'short' })}
        </time>
      </td>
    </tr>
  )
}
