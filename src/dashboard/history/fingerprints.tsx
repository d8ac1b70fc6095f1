import type { TestHistoryDocument } from '../../contract/http/tests.ts'
import { count, percent } from '../../report/format.ts'
import { Empty } from '../components/states.tsx'
import { When } from '../components/when.tsx'
import { href } from '../router.ts'

interface FingerprintsProps {
  fingerprints: TestHistoryDocument['fingerprints']
  /** Failures of the test, those without a message included. */
  failed: number
}

/** Failures with one message, whatever numbers stand in it, are one way to fail. */
export function Fingerprints({ fingerprints, failed }: FingerprintsProps) {
  if (fingerprints.length === 0) {
    return <Empty title={failed === 0 ? 'It did not fail.' : 'No failure left a message.'} />
  }
  return (
    <div class="card flush scroll">
      <table class="stack">
        <thead>
          <tr>
            <th scope="col">Message</th>
            <th scope="col" class="number">
              Failures
            </th>
            <th scope="col">First seen</th>
            <th scope="col">Last seen</th>
            <th scope="col">Example</th>
          </tr>
        </thead>
        <tbody>
          {fingerprints.map(({ fingerprint, message, failures, firstSeen, lastSeen, run }) => (
            <tr key={fingerprint}>
              <td class="message">
                <bdi class="group-message">{message === '' ? 'no message' : message}</bdi>
                <code class="under quiet">{fingerprint}</code>
              </td>
              <td class="number" data-label="Failures">
                {count(failures)}
                {failed === 0 ? null : <span class="under quiet">{percent(failures / failed)}</span>}
              </td>
              <td data-label="First seen">
                <When at={firstSeen} />
              </td>
              <td data-label="Last seen">
                <When at={lastSeen} />
              </td>
              <td data-label="Example">
                <a href={href(['runs', run])}>{run}</a>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
