/** Pages by name, with the parts of their address that stand for something. */
export type Route =
  | { page: 'suites' }
  | { page: 'new-suite' }
  | { page: 'suite'; suite: string }
  | { page: 'commit'; suite: string; sha: string }
  | { page: 'run'; run: string }
  | { page: 'searches' }
  | { page: 'search'; search: string }
  | { page: 'isolation'; isolation: string }
  | { page: 'tests' }
  | { page: 'test-history' }
  | { page: 'sweeps' }
  | { page: 'sweep'; sweep: string }
  | { page: 'environments' }
  | { page: 'login' }
  | { page: 'unknown' }

export interface Location {
  route: Route
  query: URLSearchParams
}

/** Reads `#/suites/nightly?x=1`; an address that leads nowhere is `unknown`, an empty one the suites. */
export function parseHash(hash: string): Location {
  const [path = '', search = ''] = hash.replace(/^#/, '').split(/\?(.*)/s)
  const parts = path.split('/').filter((part) => part !== '')
  return { route: routeOf(parts.map(decoded)), query: new URLSearchParams(search) }
}

/** A part that is no valid encoding stands for itself. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

function routeOf([first, second, third, fourth, ...rest]: readonly string[]): Route {
  if (rest.length > 0) return { page: 'unknown' }
  if (first === 'suites' && second !== undefined && third === 'commits' && fourth !== undefined) {
    return { page: 'commit', suite: second, sha: fourth }
  }
  if (third !== undefined) return { page: 'unknown' }
  return second === undefined ? listOf(first) : oneOf(first, second)
}

function listOf(first: string | undefined): Route {
  switch (first) {
    case undefined:
    case 'suites':
      return { page: 'suites' }
    case 'new':
      return { page: 'new-suite' }
    case 'searches':
    case 'tests':
    case 'sweeps':
    case 'environments':
    case 'login':
      return { page: first }
    default:
      return { page: 'unknown' }
  }
}

function oneOf(first: string | undefined, id: string): Route {
  switch (first) {
    case 'suites':
      return { page: 'suite', suite: id }
    case 'runs':
      return { page: 'run', run: id }
    case 'searches':
      return { page: 'search', search: id }
    case 'isolations':
      return { page: 'isolation', isolation: id }
    case 'sweeps':
      return { page: 'sweep', sweep: id }
    case 'tests':
      return id === 'history' ? { page: 'test-history' } : { page: 'unknown' }
    default:
      return { page: 'unknown' }
  }
}

/** `href(['suites', 'nightly'], { limit: '5' })` is `#/suites/nightly?limit=5`. */
export function href(parts: readonly string[], query: Record<string, string> = {}): string {
  const search = new URLSearchParams(query).toString()
  return `#/${parts.map(encodeURIComponent).join('/')}${search === '' ? '' : `?${search}`}`
}
