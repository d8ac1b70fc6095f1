import { useMemo, useState } from 'preact/hooks'
import { count, percent, plural } from '../../report/format.ts'
import { Sha } from '../components/sha.tsx'
import { href } from '../router.ts'
import { type CommitRow, type GapRow, type RangeCommit, rowsOf, scaleOf } from './rows.ts'
import type { Standing } from './standing.ts'

interface PosteriorProps {
  repo: string
  range: readonly RangeCommit[]
  standing: Standing
  culprit: string | undefined
}

/** The probability over the range as bars, the oldest commit first. */
export function Posterior({ repo, range, standing, culprit }: PosteriorProps) {
  const [opened, setOpened] = useState<ReadonlySet<number>>(new Set())
  const rows = useMemo(() => rowsOf(range, standing, opened), [range, standing, opened])
  const scale = scaleOf(standing)
  return (
    <div class="posterior" data-testid="posterior">
      <ol>
        {rows.map((row) =>
          row.kind === 'gap' ? (
            <Gap key={`gap ${row.from}`} gap={row} onOpen={() => setOpened(new Set([...opened, row.from]))} />
          ) : (
            <Commit
              key={row.commit.sha}
              {...{ repo, row, scale }}
              isCulprit={row.commit.sha === culprit}
              isFirst={row.commit.position === 0}
            />
          ),
        )}
        <li class="suspect is-none">
          <span class="suspect-name">The rate rises nowhere</span>
          <Bar probability={standing.none} scale={scale} />
        </li>
      </ol>
      <p class="quiet">
        Bars end at {percent(scale)}.
        {standing.rest > 0.0005
          ? ` Commits of which no probability is known have ${percent(standing.rest)} together.`
          : ''}
      </p>
    </div>
  )
}

interface CommitProps {
  repo: string
  row: CommitRow
  scale: number
  isCulprit: boolean
  isFirst: boolean
}

function Commit({ repo, row, scale, isCulprit, isFirst }: CommitProps) {
  const { commit, probability, tally, suites, next, skipped } = row
  return (
    <li class={`suspect${isCulprit ? ' is-culprit' : ''}`}>
      <span class="suspect-name">
        <Sha repo={repo} sha={commit.sha} /> <bdi class="subject">{commit.subject}</bdi>
        {isCulprit ? <strong class="tag">culprit</strong> : null}
        {isFirst ? <span class="tag">before the culprit</span> : null}
        {skipped === undefined ? null : <span class="tag">left out: {skipped}</span>}
        {next === 0 ? null : <span class="tag is-next">{plural(next, 'run')} next</span>}
      </span>
      <Bar probability={isFirst ? undefined : probability} scale={scale} />
      <span class="suspect-runs">
        {tally.runs === 0 ? null : (
          <>
            {count(tally.failures)} of {plural(tally.runs, 'run')} failed
          </>
        )}
        {suites.map((suite, index) => (
          <a
            key={suite}
            href={href(['suites', suite, 'commits', commit.sha.slice(0, 12)])}
            aria-label={`Suite ${suite}`}
            title={suite}
          >
            {index + 1}
          </a>
        ))}
      </span>
    </li>
  )
}

function Bar({ probability, scale }: { probability: number | undefined; scale: number }) {
  if (probability === undefined) return <span class="bar-cell" />
  return (
    <span class="bar-cell">
      <span class="bar" aria-hidden="true" style={{ '--share': Math.min(1, probability / scale).toFixed(4) }} />
      <span class="bar-words">{percent(probability)}</span>
    </span>
  )
}

const Gap = ({ gap: { from, to, probability }, onOpen }: { gap: GapRow; onOpen(): void }) => (
  <li class="suspect is-gap">
    <button type="button" class="plain" onClick={onOpen}>
      {plural(to - from + 1, 'commit')} without runs
      {probability > 0 ? `, ${percent(probability)} together` : ''}
    </button>
  </li>
)
