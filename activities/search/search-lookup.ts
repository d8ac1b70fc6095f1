import { searchNotFound } from '../../src/store/searches/not-found.ts'
import type { StoredSearch } from '../../src/store/searches/search-store.ts'
import type { Store } from '../../src/store/store.ts'

/** A search that a workflow works for; it is on record, or the workflow would not have come this far. */
export async function findSearch(store: Store, id: string): Promise<StoredSearch> {
  const search = await store.searches.get(id)
  if (search !== undefined) return search
  throw searchNotFound(id)
}
