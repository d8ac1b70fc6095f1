import type { Pages } from '../api/use-pages.ts'

/** Below a list that goes on. */
export function MoreButton<T>({ pages }: { pages: Pages<T> }) {
  if (pages.data === undefined || pages.data.next === null) return null
  return (
    <div class="buttons">
      <button type="button" onClick={pages.more} disabled={pages.isLoading}>
        Show more
      </button>
    </div>
  )
}
