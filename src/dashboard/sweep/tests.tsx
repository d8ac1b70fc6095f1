import type { SweptTest } from '../../contract/http/sweeps.ts'
import { Badge } from '../components/badge.tsx'
import { Sha } from '../components/sha.tsx'
import { Empty } from '../components/states.tsx'
import { href } from '../router.ts'
import { stateWords } from './words.ts'

/** Tests that a sweep knows to flake, and those that it has proved fixed. */
export function SweptTests({ repo, tests }: { repo: string; tests: readonly SweptTest[] }) {
  if (tests.length === 0) return <Empty title="No test is known to flake." />
  return (
    <div class="card flush scroll">
      <table class="stack">
        <thead>
          <tr>
            <th scope="col">Test</th>
            <th scope="col">State</th>
            <th scope="col">What is known</th>
            <th scope="col">Last failed at</th>
          </tr>
        </thead>
        <tbody>
          {tests.map((swept) => (
            <tr key={swept.test}>
              <td class="test-name">
                <a href={href(['tests', 'history'], { repo, test: swept.test })}>
                  <bdi>{swept.test}</bdi>
                </a>
              </td>
              <td>
                <Badge status={swept.state} />
              </td>
              <td>
                {stateWords(swept)}
                {swept.state === 'watched' ? (
                  <span class="progress proof">
                    <progress max={swept.proofNeeded} value={swept.proofRuns} aria-label="Runs of the proof" />
                  </span>
                ) : null}
              </td>
              <td data-label="Last failed at">
                <Sha repo={repo} sha={swept.lastFailed} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
