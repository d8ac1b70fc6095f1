import type { SweepSummary } from '../../contract/http/sweeps.ts'
import { type Answer, getJson } from '../api/request.ts'
import { useResource } from '../api/use-resource.ts'
import { Badge } from '../components/badge.tsx'
import { Page } from '../components/page.tsx'
import { Empty, Loaded } from '../components/states.tsx'
import { When } from '../components/when.tsx'
import { href } from '../router.ts'
import { budgetWords } from '../sweep/words.ts'

const EVERY_MS = 10_000

/** Sweeps by name. */
export default function SweepsPage() {
  const sweeps = useResource((signal) => getJson<Answer<'listSweeps'>>('/v1/sweeps', { signal }), [], {
    everyMs: EVERY_MS,
  })
  return (
    <Page title="Sweeps">
      <Loaded resource={sweeps} what="Loading sweeps">
        {({ sweeps: found }) =>
          found.length === 0 ? (
            <Empty title="There is no sweep.">
              <p>
                Look for flakes every night:{' '}
                <code>commit-suite sweep create --name nightly --cron "0 2 * * *" --budget-runs 500</code>
              </p>
            </Empty>
          ) : (
            <div class="card flush scroll">
              <table class="stack">
                <thead>
                  <tr>
                    <th scope="col">Sweep</th>
                    <th scope="col">Fires</th>
                    <th scope="col">Next</th>
                    <th scope="col">Last</th>
                    <th scope="col">Budget</th>
                  </tr>
                </thead>
                <tbody>
                  {found.map((sweep) => (
                    <Row key={sweep.name} sweep={sweep} />
                  ))}
                </tbody>
              </table>
            </div>
          )
        }
      </Loaded>
    </Page>
  )
}

function Row({
  sweep: { name, repo, cron, timezone, paused, note, nextRuns, lastSuite, lastFiredAt, budget },
}: RowProps) {
  return (
    <tr>
      <td class="test-name">
        <a href={href(['sweeps', name])}>{name}</a>
        <span class="under quiet">{repo}</span>
      </td>
      <td data-label="Fires">
        <code>{cron}</code> <span class="quiet">{timezone}</span>
      </td>
      <td data-label="Next">
        {paused ? (
          <>
            <Badge status="paused" />
            {note === null ? null : <bdi class="under quiet">{note}</bdi>}
          </>
        ) : (
          <When at={nextRuns[0] ?? null} />
        )}
      </td>
      <td data-label="Last">
        <When at={lastFiredAt} />
        {lastSuite === null ? null : (
          <a class="under" href={href(['suites', lastSuite])}>
            {lastSuite}
          </a>
        )}
      </td>
      <td data-label="Budget">{budgetWords(budget)}</td>
    </tr>
  )
}

interface RowProps {
  sweep: SweepSummary
}
