import { formatSpan } from '../../report/format.ts'
import { type Answer, getJson, inPath, withQuery } from '../api/request.ts'
import { useResource } from '../api/use-resource.ts'
import { Badge } from '../components/badge.tsx'
import { Empty, Loaded } from '../components/states.tsx'
import { location, replaceQuery } from '../location.ts'
import { href } from '../router.ts'
import { OUTCOME_NAMES } from './outcome-names.ts'

const STEP = 100
const MOST = 1_000

/** The runs of a commit that have ended, as a list: the matrix for those who do not see it. */
export function CommitRuns({ suite, sha }: { suite: string; sha: string }) {
  const { query } = location.value
  const outcome = query.get('outcome') ?? ''
  const limit = Math.min(MOST, Number(query.get('limit')) || STEP)
  const path = withQuery(`/v1/suites/${inPath(suite)}/runs`, { commit: sha, outcome, limit })
  const runs = useResource((signal) => getJson<Answer<'listRuns'>>(path, { signal }), [path])
  return (
    <section class="part" aria-labelledby="runs-title">
      <div class="part-head">
        <h2 id="runs-title">Runs</h2>
        <label class="check">
          Outcome
          <select value={outcome} onChange={({ currentTarget }) => replaceQuery({ outcome: currentTarget.value })}>
            <option value="">all</option>
            {OUTCOME_NAMES.map((name) => (
              <option key={name} value={name}>
                {name.replace('_', ' ')}
              </option>
            ))}
          </select>
        </label>
      </div>
      <Loaded resource={runs} what="Loading runs">
        {({ runs: found, next }) =>
          found.length === 0 ? (
            <Empty title={outcome === '' ? 'No run has ended yet.' : 'No run ended so.'} />
          ) : (
            <>
              <RunsTable runs={found} />
              {next === null || limit >= MOST ? null : (
                <button type="button" onClick={() => replaceQuery({ limit: String(limit * 3) })}>
                  Show more
                </button>
              )}
            </>
          )
        }
      </Loaded>
    </section>
  )
}

const RunsTable = ({ runs }: { runs: Answer<'listRuns'>['runs'] }) => (
  <div class="card flush scroll">
    <table class="stack">
      <thead>
        <tr>
          <th scope="col">Run</th>
          <th scope="col">Outcome</th>
          <th scope="col" class="number">
            Seed
          </th>
          <th scope="col" class="number">
            Took
          </th>
          <th scope="col">Machine</th>
        </tr>
      </thead>
      <tbody>
        {runs.map(({ id, attempt, generation, outcome, reason, seed, durationMs, node }) => (
          <tr key={id}>
            <td>
              <a href={href(['runs', id])}>
                Run {attempt}
                {generation === 0 ? '' : `, again ${generation}`}
              </a>
            </td>
            <td>
              <Badge status={outcome} />
              {reason === null ? null : <span class="under quiet">{reason.replaceAll('_', ' ')}</span>}
            </td>
            <td class="number" data-label="Seed">
              {seed}
            </td>
            <td class="number" data-label="Took">
              {formatSpan(durationMs)}
            </td>
            <td data-label="Machine">{node}</td>
          </tr>
        ))}
      </tbody>
    </table>
  </div>
)
