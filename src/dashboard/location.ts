import { signal } from '@preact/signals'
import { parseHash } from './router.ts'

/** Where the page is; follows the address. */
export const location = signal(parseHash(window.location.hash))

window.addEventListener('hashchange', () => {
  location.value = parseHash(window.location.hash)
})

/** Goes to another address of this page, made by `href`. Whoever asks where the page is knows at once. */
export const go = (address: string): void => {
  window.location.hash = address
  // The browser's own event comes later: until then a second refusal would send the page to the login once more.
  location.value = parseHash(window.location.hash)
}

/** Changes what stands behind the `?` without another entry in the history: filters are no pages. */
export function replaceQuery(changes: Record<string, string | undefined>): void {
  const [path = ''] = window.location.hash.split('?')
  const query = new URLSearchParams(location.value.query)
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined || value === '') query.delete(name)
    else query.set(name, value)
  }
  const search = query.toString()
  history.replaceState(null, '', `${path}${search === '' ? '' : `?${search}`}`)
  location.value = parseHash(window.location.hash)
}
