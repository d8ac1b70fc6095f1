import type { EnvironmentDocument, EnvironmentPlace } from '../../contract/http/environments.ts'
import { formatSpan, plural } from '../../report/format.ts'
import { inPath, sendOnly, withQuery } from '../api/request.ts'
import { isAdmin } from '../api/session.ts'
import { Badge } from '../components/badge.tsx'
import { ConfirmButton } from '../components/confirm.tsx'
import { now, When } from '../components/when.tsx'
import { href } from '../router.ts'
import { byCost, costWords, holdingWords, spentWords, totalsOf } from './cost.ts'

interface EnvironmentsTableProps {
  environments: readonly EnvironmentDocument[]
  place: EnvironmentPlace
  onRemoved(): void
}

/** What exists in one place, what it has cost, and a way to be rid of it. */
export function EnvironmentsTable({ environments, place, onRemoved }: EnvironmentsTableProps) {
  const { holding, spent, cost } = totalsOf(environments)
  return (
    <>
      <p>
        {plural(environments.length, 'environment')} {environments.length === 1 ? 'holds' : 'hold'}{' '}
        {holdingWords(holding)}; so far {spentWords(spent)}
        {cost === null ? '' : `, ${costWords(cost)}`}.
      </p>
      <div class="card flush scroll">
        <table class="stack">
          <thead>
            <tr>
              <th scope="col">Environment</th>
              <th scope="col">State</th>
              <th scope="col">Age</th>
              <th scope="col">Expires</th>
              <th scope="col">Holds</th>
              <th scope="col">Cost so far</th>
              <th scope="col">
                <span class="sr-only">Remove</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {byCost(environments).map((environment) => (
              <Environment key={environment.namespace} {...{ environment, place, onRemoved }} />
            ))}
          </tbody>
        </table>
      </div>
    </>
  )
}

interface EnvironmentProps {
  environment: EnvironmentDocument
  place: EnvironmentPlace
  onRemoved(): void
}

function Environment({ environment, place, onRemoved }: EnvironmentProps) {
  const { namespace, phase, pods, createdAt, expiresAt, heldBy, holding, spent, cost } = environment
  return (
    <tr>
      <td class="test-name">
        <code>{namespace}</code>
        <Whose environment={environment} />
      </td>
      <td>
        <Badge status={phase.toLowerCase()} />
        {pods === 0 ? null : <span class="under quiet">{plural(pods, 'pod')}</span>}
        {heldBy.map((reason) => (
          <span key={reason} class="warning">
            {reason}
          </span>
        ))}
      </td>
      <td data-label="Age">
        <time dateTime={createdAt} title={new Date(createdAt).toLocaleString()}>
          {formatSpan(Math.max(1_000, now.value - Date.parse(createdAt)))}
        </time>
      </td>
      <td data-label="Expires">
        {expiresAt === null ? <span class="quiet">{phase === 'Kept' ? 'with gc' : '–'}</span> : <When at={expiresAt} />}
      </td>
      <td data-label="Holds">{holdingWords(holding)}</td>
      <td data-label="Cost so far">
        {cost === null ? null : <strong class="under">{costWords(cost)}</strong>}
        <span class={cost === null ? '' : 'under quiet'}>{spentWords(spent)}</span>
      </td>
      <td>{isAdmin.value && phase !== 'Terminating' ? <Remove {...{ namespace, place, onRemoved }} /> : null}</td>
    </tr>
  )
}

function Whose({ environment: { kind, suite, sha, repo, chat, user } }: { environment: EnvironmentDocument }) {
  if (kind === 'session') {
    return (
      <span class="under quiet">
        session of chat {chat}, user {user}
      </span>
    )
  }
  if (suite === undefined || sha === undefined) return null
  return (
    <span class="under quiet">
      <a href={href(['suites', suite])}>{suite}</a> at{' '}
      <a href={href(['suites', suite, 'commits', sha.slice(0, 12)])}>
        <code>{sha.slice(0, 12)}</code>
      </a>
      {repo === undefined || repo === '' ? '' : ` of ${repo}`}
    </span>
  )
}

interface RemoveProps {
  namespace: string
  place: EnvironmentPlace
  onRemoved(): void
}

const Remove = ({ namespace, place, onRemoved }: RemoveProps) => (
  <ConfirmButton
    label="Remove"
    name={`Remove ${namespace}`}
    question={`Remove ${namespace}?`}
    isDanger
    act={async () => {
      await sendOnly('DELETE', withQuery(`/v1/environments/${inPath(namespace)}`, { place }))
      onRemoved()
    }}
  >
    <p>
      {place === 'local' ? 'The folder and all that runs left in it' : 'The namespace and all that is in it'} will be
      gone. Results, logs and artifacts stay on record.
    </p>
  </ConfirmButton>
)
