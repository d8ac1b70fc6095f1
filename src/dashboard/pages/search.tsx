import { useMemo, useState } from 'preact/hooks'
import { formatSpan, percent, plural } from '../../report/format.ts'
import { inPath, sendOnly } from '../api/request.ts'
import { mayRun } from '../api/session.ts'
import { Badge } from '../components/badge.tsx'
import { ConfirmButton } from '../components/confirm.tsx'
import { Page } from '../components/page.tsx'
import { Empty, Failure, Loaded, Loading } from '../components/states.tsx'
import { TemporalLink } from '../components/temporal-link.tsx'
import { When } from '../components/when.tsx'
import { Answer } from '../search/answer.tsx'
import { Narrowing } from '../search/narrowing.tsx'
import { Posterior } from '../search/posterior.tsx'
import { Rounds } from '../search/rounds.tsx'
import { standingAfter } from '../search/standing.ts'
import { type FollowedSearch, useSearch } from '../search/use-search.ts'
import { commandText, Fact } from '../suite/facts.tsx'

/** One search: the probability over its commits as it moves, and the answer. */
export default function SearchPage({ search }: { search: string }) {
  const followed = useSearch(search)
  const { document, refused } = followed
  const status = followed.state.finished?.status ?? document.data?.status
  const isOpen = status === 'queued' || status === 'running'
  return (
    <Page
      title={`Search ${search}`}
      above={<a href="#/searches">Searches</a>}
      beside={
        <>
          {status === undefined ? null : <Badge status={status} />}
          {isOpen && mayRun.value ? <Cancel search={search} onDone={document.reload} /> : null}
        </>
      }
    >
      {refused === undefined || document.error !== undefined ? null : <Failure error={refused} />}
      <Loaded resource={document} what="Loading the search">
        {(data) => (
          <>
            {data.failure === undefined ? null : (
              <div class="notice is-bad" role="alert">
                <p>{data.failure}</p>
              </div>
            )}
            <Answer document={data} />
            <Moving followed={followed} repo={data.repo} culprit={data.culprit?.sha} />
            <section class="part">
              <h2>What was asked</h2>
              <dl class="facts">
                <Fact name="Repository">{data.repo}</Fact>
                <Fact name="Command">
                  <code>{commandText(data.command)}</code>
                </Fact>
                {data.test === undefined ? null : (
                  <Fact name="Test">
                    <code>{data.test}</code>
                  </Fact>
                )}
                <Fact name="Sure at">{percent(data.confidence)}</Fact>
                <Fact name="Smallest increase">{percent(data.minIncrease)}</Fact>
                <Fact name="Runs made">
                  {plural(data.runs, 'run')} in {plural(data.rounds, 'round')}
                  {data.historyRuns === 0 ? '' : `, and ${plural(data.historyRuns, 'earlier run')} as evidence`}
                </Fact>
                <Fact name="Started">
                  <When at={data.startedAt} />
                </Fact>
                {isOpen ? null : <Fact name="Took">{formatSpan(data.durationMs)}</Fact>}
                <Fact name="Seed">{String(data.seed)}</Fact>
              </dl>
              <p class="links">
                <TemporalLink workflow={`search/${search}`}>Workflow in the Temporal Web UI</TemporalLink>
              </p>
            </section>
          </>
        )}
      </Loaded>
    </Page>
  )
}

/** Bars over the commits, after any of the rounds; at the newest they follow what comes. */
function Moving({ followed, repo, culprit }: { followed: FollowedSearch; repo: string; culprit: string | undefined }) {
  const { state, range, document } = followed
  const { rounds } = state
  const newest = rounds.at(-1)?.round ?? 0
  const [chosen, setChosen] = useState<number>()
  // The document, which knows more commits, comes a moment after the event of its round.
  const shown = Math.min(chosen ?? document.data?.rounds ?? newest, newest)
  const standing = useMemo(() => standingAfter(rounds, shown, document.data), [rounds, shown, document.data])
  const choose = (round: number): void => setChosen(round >= newest ? undefined : round)
  if (rounds.length === 0) return <Empty title="The commits are being looked up." />
  return (
    <>
      <section class="part" aria-label="Probability over the commits">
        <div class="part-head">
          <h2>Where the rate rises</h2>
          <label class="rounds-slider">
            <span>
              {shown === 0 ? 'Before the first run' : `After round ${shown} of ${newest}`}
              {chosen === undefined ? ', the newest' : ''}
            </span>
            <input
              type="range"
              min="0"
              max={newest}
              value={shown}
              onInput={({ currentTarget }) => choose(Number(currentTarget.value))}
            />
          </label>
        </div>
        {range.data === undefined ? (
          range.error === undefined ? (
            <Loading what="Loading the commits" />
          ) : (
            <Failure error={range.error} onRetry={range.reload} />
          )
        ) : (
          <div class="card">
            <Posterior repo={repo} range={range.data} standing={standing} culprit={culprit} />
          </div>
        )}
      </section>
      <section class="part">
        <h2>Rounds</h2>
        <Narrowing rounds={rounds} />
        <Rounds repo={repo} rounds={rounds} onShow={choose} />
      </section>
    </>
  )
}

const Cancel = ({ search, onDone }: { search: string; onDone(): void }) => (
  <ConfirmButton
    label="Cancel search"
    question="Cancel this search?"
    isDanger
    act={async () => {
      await sendOnly('POST', `/v1/searches/${inPath(search)}/cancel`)
      onDone()
    }}
  >
    <p>Its runs in flight are ended and cleaned up. What is known so far stays on record.</p>
  </ConfirmButton>
)
