import type { SweepDocument } from '../../contract/http/sweeps.ts'
import { formatSpan } from '../../report/format.ts'
import { getJson, inPath } from '../api/request.ts'
import { useResource } from '../api/use-resource.ts'
import { Badge } from '../components/badge.tsx'
import { Page } from '../components/page.tsx'
import { Loaded } from '../components/states.tsx'
import { When } from '../components/when.tsx'
import { Fact } from '../suite/facts.tsx'
import { Firings } from '../sweep/firings.tsx'
import { Steering } from '../sweep/steering.tsx'
import { SweptTests } from '../sweep/tests.tsx'
import { budgetWords } from '../sweep/words.ts'

const EVERY_MS = 5_000

/** One sweep: when it fires, what it spent and for what, which tests flake and which are proved fixed. */
export default function SweepPage({ sweep }: { sweep: string }) {
  const document = useResource((signal) => getJson<SweepDocument>(`/v1/sweeps/${inPath(sweep)}`, { signal }), [sweep], {
    everyMs: EVERY_MS,
  })
  const { data, reload } = document
  return (
    <Page
      title={`Sweep ${sweep}`}
      above={<a href="#/sweeps">Sweeps</a>}
      beside={
        data === undefined ? null : (
          <>
            {data.paused ? <Badge status="paused" /> : null}
            <Steering sweep={data} onChanged={reload} />
          </>
        )
      }
    >
      <Loaded resource={document} what="Loading the sweep">
        {(found) => (
          <>
            {found.paused && found.note !== null && found.note !== '' ? (
              <p class="notice">
                Paused: <bdi>{found.note}</bdi>
              </p>
            ) : null}
            <Schedule sweep={found} />
            <section class="part">
              <h2>Tests that flake</h2>
              <SweptTests repo={found.repo} tests={found.tests} />
            </section>
            <section class="part">
              <h2>Firings</h2>
              <Firings repo={found.repo} firings={found.firings} />
            </section>
          </>
        )}
      </Loaded>
    </Page>
  )
}

const Schedule = ({ sweep }: { sweep: SweepDocument }) => (
  <section class="card" aria-label="Schedule">
    <dl class="facts">
      <Fact name="Repository">{sweep.repo}</Fact>
      <Fact name="Fires">
        <code>{sweep.cron}</code> {sweep.timezone}
      </Fact>
      <Fact name="Next">
        {sweep.nextRuns.length === 0 ? 'not as long as it is paused' : null}
        {sweep.nextRuns.map((at, index) => (
          <span key={at} class={index === 0 ? 'under' : 'under quiet'}>
            {new Date(at).toLocaleString([], MINUTES)}
          </span>
        ))}
      </Fact>
      <Fact name="Last">
        <When at={sweep.lastFiredAt} />
      </Fact>
      <Fact name="Budget of a firing">{budgetWords(sweep.budget)}</Fact>
      <Fact name="While one is under way">{OVERLAPS[sweep.overlap]}</Fact>
      {sweep.jitterMs === 0 ? null : <Fact name="Late by up to">{formatSpan(sweep.jitterMs)}</Fact>}
      <Fact name="Makes up for firings missed within">{formatSpan(sweep.catchupMs)}</Fact>
    </dl>
  </section>
)

const MINUTES = { dateStyle: 'medium', timeStyle: 'short' } as const
const OVERLAPS: Record<SweepDocument['overlap'], string> = {
  skip: 'the next is skipped',
  'buffer-one': 'the next waits',
  allow: 'the next fires all the same',
  cancel: 'it is cancelled',
}
