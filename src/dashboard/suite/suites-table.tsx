import type { SuiteSummary } from '../../contract/http/suites.ts'
import { count, formatSpan } from '../../report/format.ts'
import { Badge } from '../components/badge.tsx'
import { now, When } from '../components/when.tsx'
import { href } from '../router.ts'
import { commandText } from './facts.tsx'

/** One line for each suite. */
export const SuitesTable = ({ suites }: { suites: readonly SuiteSummary[] }) => (
  <div class="card flush scroll">
    <table class="stack">
      <thead>
        <tr>
          <th scope="col">Suite</th>
          <th scope="col">State</th>
          <th scope="col">Repository and command</th>
          <th scope="col" class="number">
            Runs a commit
          </th>
          <th scope="col">Started</th>
          <th scope="col" class="number">
            Took
          </th>
        </tr>
      </thead>
      <tbody>
        {suites.map((suite) => (
          <SuiteRow key={suite.suite} suite={suite} />
        ))}
      </tbody>
    </table>
  </div>
)

function SuiteRow({ suite: of }: { suite: SuiteSummary }) {
  const { suite, repo, status, startedAt, finishedAt, runs, command, failure } = of
  const tookMs = (finishedAt === null ? now.value : Date.parse(finishedAt)) - Date.parse(startedAt)
  return (
    <tr>
      <td>
        <a class="strong" href={href(['suites', suite])}>
          {suite}
        </a>
      </td>
      <td>
        <Badge status={status} />
      </td>
      <td class="commit-name">
        <span class="subject">{repo}</span>
        <code class="clip">{commandText(command)}</code>
        {failure === null ? null : <span class="warning">{failure}</span>}
      </td>
      <td class="number" data-label="Runs a commit">
        {count(runs)}
      </td>
      <td>
        <When at={startedAt} />
      </td>
      <td class="number" data-label="Took">
        {formatSpan(Math.max(0, tookMs))}
      </td>
    </tr>
  )
}
