import { type Answer, getJson, withQuery } from '../api/request.ts'
import { mayRun } from '../api/session.ts'
import { useResource } from '../api/use-resource.ts'
import { Page } from '../components/page.tsx'
import { Empty, Loaded } from '../components/states.tsx'
import { location, replaceQuery } from '../location.ts'
import { SuitesTable } from '../suite/suites-table.tsx'

const STATES = [
  ['', 'All'],
  ['queued,running,paused', 'Open'],
  ['completed', 'Completed'],
  ['failed', 'Failed'],
  ['cancelled', 'Cancelled'],
] as const
const REFRESH_MS = 3_000
const STEP = 50
const MOST = 1_000

/** Suites on record, newest first; the list moves by itself. */
export default function SuitesPage() {
  const { query } = location.value
  const status = query.get('status') ?? ''
  const repo = query.get('repo') ?? ''
  const limit = Math.min(MOST, Number(query.get('limit')) || STEP)
  const path = withQuery('/v1/suites', { status, repo, limit })
  const suites = useResource((signal) => getJson<Answer<'listSuites'>>(path, { signal }), [path], {
    everyMs: REFRESH_MS,
  })
  const isFiltered = status !== '' || repo !== ''
  return (
    <Page
      title="Suites"
      beside={
        mayRun.value ? (
          <div class="buttons">
            <a class="button primary" href="#/new">
              New suite
            </a>
          </div>
        ) : undefined
      }
    >
      <form class="filters" onSubmit={(event) => event.preventDefault()}>
        <label>
          State
          <select value={status} onChange={({ currentTarget }) => replaceQuery({ status: currentTarget.value })}>
            {STATES.map(([value, word]) => (
              <option key={value} value={value}>
                {word}
              </option>
            ))}
          </select>
        </label>
        <label>
          Repository
          <input
            type="search"
            placeholder="all"
            value={repo}
            onChange={({ currentTarget }) => replaceQuery({ repo: currentTarget.value.trim() })}
          />
        </label>
      </form>
      <Loaded resource={suites} what="Loading suites">
        {({ suites: found, next }) =>
          found.length === 0 ? (
            <NoSuites isFiltered={isFiltered} />
          ) : (
            <>
              <SuitesTable suites={found} />
              {next === null || limit >= MOST ? null : (
                <button type="button" onClick={() => replaceQuery({ limit: String(limit + STEP * 3) })}>
                  Show more
                </button>
              )}
            </>
          )
        }
      </Loaded>
    </Page>
  )
}

const NoSuites = ({ isFiltered }: { isFiltered: boolean }) =>
  isFiltered ? (
    <Empty title="No suite is like that.">
      <button type="button" onClick={() => replaceQuery({ status: undefined, repo: undefined })}>
        Show all
      </button>
    </Empty>
  ) : (
    <Empty title="No suite is on record.">
      <p>
        Start one here, or on the command line: <code>commit-suite run --commits HEAD~4..HEAD --runs 20</code>
      </p>
    </Empty>
  )
