import type { Firing } from '../../contract/http/sweeps.ts'
import { plural } from '../../report/format.ts'
import { Badge } from '../components/badge.tsx'
import { Sha } from '../components/sha.tsx'
import { Empty } from '../components/states.tsx'
import { When } from '../components/when.tsx'
import { href } from '../router.ts'
import { spentByReason, whyWords } from './words.ts'

/** What a sweep fired and where its budget went, the newest first. */
export function Firings({ repo, firings }: { repo: string; firings: readonly Firing[] }) {
  if (firings.length === 0) return <Empty title="It has not fired yet." />
  return (
    <div class="card flush scroll">
      <table class="stack">
        <thead>
          <tr>
            <th scope="col">Fired</th>
            <th scope="col">Status</th>
            <th scope="col">Suite</th>
            <th scope="col">Where the budget went</th>
            <th scope="col" class="number">
              Flaky
            </th>
            <th scope="col" class="number">
              Fixed
            </th>
          </tr>
        </thead>
        <tbody>
          {firings.map((firing) => (
            <Row key={firing.at} {...{ repo, firing }} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Row({ repo, firing }: { repo: string; firing: Firing }) {
  const { at, status, suite, runs, spent, flaky, fixed, failure } = firing
  return (
    <tr>
      <td>
        <When at={at} />
      </td>
      <td>
        <Badge status={status} />
      </td>
      <td data-label="Suite">
        {suite === null ? <span class="quiet">–</span> : <a href={href(['suites', suite])}>{suite}</a>}
        {failure === null ? null : <span class="warning">{failure}</span>}
      </td>
      <td>
        {spent.length === 0 ? (
          <span class="quiet">{plural(runs, 'run')}</span>
        ) : (
          <details class="spent">
            <summary>
              {plural(runs, 'run')}:{' '}
              {spentByReason(spent)
                .map((one) => `${one.runs} ${whyWords(one.why)}`)
                .join(', ')}
            </summary>
            <ul>
              {spent.map((one) => (
                <li key={`${one.sha} ${one.why}`}>
                  {plural(one.runs, 'run')} {whyWords(one.why)} at <Sha repo={repo} sha={one.sha} />{' '}
                  <bdi class="quiet">{one.subject}</bdi>
                </li>
              ))}
            </ul>
          </details>
        )}
      </td>
      <td class="number" data-label="Flaky">
        {flaky}
      </td>
      <td class="number" data-label="Fixed">
        {fixed}
      </td>
    </tr>
  )
}
