import { useState } from 'preact/hooks'
import { evidenceOf } from '../../progress/counted.ts'
import { type CommitProgress, finishedOf } from '../../progress/state.ts'
import { count } from '../../report/format.ts'
import { Badge } from '../components/badge.tsx'
import { Rate } from '../components/rate.tsx'
import { href } from '../router.ts'
import { liveInterval } from './live-interval.ts'
import { tallyWords } from './summary.ts'

interface CommitsTableProps {
  suite: string
  commits: readonly CommitProgress[]
  /** Of intervals while runs are still to come. */
  level: number
}

const FIRST = 50
const MORE = 200

/** What the matrix shows, as a table: each commit with its verdict, or how it stands. */
export function CommitsTable({ suite, commits, level }: CommitsTableProps) {
  const [shown, setShown] = useState(FIRST)
  const [onlyBad, setOnlyBad] = useState(false)
  const wanted = onlyBad ? commits.filter(isBad) : commits
  return (
    <section aria-labelledby="commits-title" class="part">
      <div class="part-head">
        <h2 id="commits-title">Commits</h2>
        <label class="check">
          <input type="checkbox" checked={onlyBad} onChange={() => setOnlyBad(!onlyBad)} />
          Only those with failures
        </label>
      </div>
      <div class="card flush scroll">
        <table class="stack">
          <thead>
            <tr>
              <th scope="col">Commit</th>
              <th scope="col">Verdict</th>
              <th scope="col">Failure rate</th>
              <th scope="col" class="number">
                Runs
              </th>
              <th scope="col">Of them</th>
            </tr>
          </thead>
          <tbody>
            {wanted.slice(0, shown).map((commit) => (
              <CommitRow key={commit.sha} suite={suite} commit={commit} level={level} />
            ))}
            {wanted.length === 0 ? (
              <tr>
                <td colSpan={5} class="quiet">
                  {commits.length === 0 ? 'No commit is resolved yet.' : 'None.'}
                </td>
              </tr>
            ) : null}
          </tbody>
        </table>
      </div>
      {wanted.length > shown ? (
        <button type="button" onClick={() => setShown(shown + MORE)}>
          Show more of {count(wanted.length)} commits
        </button>
      ) : null}
    </section>
  )
}

const isBad = ({ verdict, tally, setupFailure }: CommitProgress): boolean =>
  (verdict !== null && verdict.verdict !== 'passing') ||
  setupFailure !== null ||
  tally.failed + tally.timedOut + tally.crashed + tally.errors > 0

function CommitRow({ suite, commit, level }: { suite: string; commit: CommitProgress; level: number }) {
  const { sha, subject, verdict, tally, warnings } = commit
  return (
    <tr>
      <td class="commit-name">
        <a class="mono" href={href(['suites', suite, 'commits', sha.slice(0, 12)])}>
          {sha.slice(0, 10)}
        </a>
        <span class="subject">{subject}</span>
        {warnings.map((warning) => (
          <span key={warning} class="warning">
            {warning}
          </span>
        ))}
      </td>
      <td>{verdict === null ? <StepOf commit={commit} /> : <VerdictOf commit={commit} />}</td>
      <td>
        <RateOf commit={commit} level={level} />
      </td>
      <td class="number" data-label="Runs">
        {count(finishedOf(tally))}
      </td>
      <td>{tallyWords(commit)}</td>
    </tr>
  )
}

function VerdictOf({ commit: { verdict } }: { commit: CommitProgress }) {
  if (verdict === null) return null
  return (
    <>
      <Badge status={verdict.verdict} />
      {verdict.reason === null ? null : <span class="under quiet">{verdict.reason.replaceAll('_', ' ')}</span>}
      {verdict.stoppedEarly && verdict.evidence !== undefined ? (
        <span class="under quiet">stopped after {count(verdict.evidence)}</span>
      ) : null}
    </>
  )
}

/** What its environment does, as long as no run has ended. */
function StepOf({ commit: { step, tally, begun } }: { commit: CommitProgress }) {
  if (finishedOf(tally) > 0 || begun > 0) return <Badge status="running" />
  return step === null ? <Badge status="pending" /> : <span class="quiet">{step.name}</span>
}

function RateOf({ commit, level }: { commit: CommitProgress; level: number }) {
  const { verdict } = commit
  if (verdict !== null) {
    const { failureRate, interval, upperBound } = verdict
    return <Rate rate={failureRate} interval={interval} upperBound={upperBound} />
  }
  const { failures, runs } = evidenceOf(commit)
  if (runs === 0) return <span class="quiet">–</span>
  return <Rate rate={failures / runs} interval={liveInterval(failures, runs, level)} />
}
