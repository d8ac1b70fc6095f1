import type { SearchEvent } from '../../contract/search-events.ts'
import { type Answer, getJson, inPath, withQuery } from '../api/request.ts'
import { type Followed, useEvents } from '../api/use-events.ts'
import { type Resource, useResource } from '../api/use-resource.ts'
import { emptyLog, type SearchLog, withEvents } from './log.ts'
import type { RangeCommit } from './rows.ts'

export interface FollowedSearch extends Followed<SearchLog> {
  document: Resource<Answer<'getSearch'>>
  /** Empty before the search has found its commits. */
  range: Resource<readonly RangeCommit[]>
}

/** A search as its events tell it, its document as of the newest of them, and the commits it looks at. */
export function useSearch(search: string): FollowedSearch {
  const path = `/v1/searches/${inPath(search)}`
  const followed = useEvents<SearchLog, SearchEvent>(`${path}/events`, emptyLog, withEvents)
  const { seq, started } = followed.state
  const document = useResource((signal) => getJson<Answer<'getSearch'>>(path, { signal }), [search], { version: seq })
  const range = useResource((signal) => readRange(path, signal), [search], { version: started?.commits ?? 0 })
  return { ...followed, document, range }
}

async function readRange(path: string, signal: AbortSignal): Promise<RangeCommit[]> {
  const commits: RangeCommit[] = []
  let cursor: string | undefined
  do {
    const page: Answer<'listSearchCommits'> = await getJson(withQuery(`${path}/commits`, { cursor }), { signal })
    commits.push(...page.commits)
    cursor = page.next ?? undefined
  } while (cursor !== undefined)
  return commits
}
