import type { SearchStatus } from '../../src/contract/index.ts'
import type { ActivityDeps } from '../deps.ts'
import { isBadInput } from '../end-suite.ts'
import type { SearchEnding } from './api.ts'

/**
 * Forgets a search whose input was bad, and records how any other has ended. Clients of the network were told that theirs
 * is accepted and ask for it by its id, so its failure stays.
 */
export async function endSearch(deps: Pick<ActivityDeps, 'store'>, ending: SearchEnding): Promise<void> {
  const { search, status } = ending
  if (ending.status !== 'failed') return await finish(deps, search, status)
  const { code, message } = ending.fault
  const stored = await deps.store.searches.get(search)
  // `search_conflict`: the record belongs to another request.
  if (stored === undefined || code === 'search_conflict') return
  const untouched = stored.commits === 0
  if (untouched && isBadInput(code) && stored.spec.network === undefined) {
    return await deps.store.searches.remove(search)
  }
  await finish(deps, search, status, `${code}: ${message}`)
}

async function finish(
  { store }: Pick<ActivityDeps, 'store'>,
  search: string,
  status: SearchStatus,
  failure?: string,
): Promise<void> {
  const stored = await store.searches.get(search)
  // Cancelled before it was admitted.
  if (stored === undefined) return
  const { answer = null, culprit = null } = stored.standing ?? {}
  const data = { status, answer, culprit, ...(failure === undefined ? {} : { failure }) }
  await store.searches.finish(search, status, { search, type: 'search.finished', ordinal: 0, data }, failure)
}
