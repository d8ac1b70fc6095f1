/** What is asked for, as it stands in the address of the page. */
export interface HistoryQuery {
  repo: string
  flaky: '' | '1' | '0'
  sort: 'rate' | 'recent' | 'name'
  /** Empty for all time. */
  days: string
}

export const FLAKY = [
  ['', 'All tests'],
  ['1', 'Flaky ones'],
  ['0', 'Those that never flaked'],
] as const
export const SORTS = [
  ['rate', 'Failure rate'],
  ['recent', 'Last failure'],
  ['name', 'Name'],
] as const
export const DAYS = [
  ['7', '7 days'],
  ['30', '30 days'],
  ['90', '90 days'],
  ['365', '1 year'],
  ['all', 'All time'],
] as const
const DEFAULT_DAYS = '90'

const oneOf = <const T extends string>(
  choices: readonly (readonly [T, string])[],
  given: string | null,
): T | undefined => choices.find(([value]) => value === given)?.[0]

/** Days that an address asks for, as the gateway takes them: nothing is all time. */
export function daysOf(query: URLSearchParams): string {
  const chosen = oneOf(DAYS, query.get('days')) ?? DEFAULT_DAYS
  return chosen === 'all' ? '' : chosen
}

/** Reads the address; what it says wrong is as if it said nothing. */
export const historyQuery = (query: URLSearchParams): HistoryQuery => ({
  repo: query.get('repo') ?? '',
  flaky: oneOf(FLAKY, query.get('flaky')) ?? '',
  sort: oneOf(SORTS, query.get('sort')) ?? 'rate',
  days: daysOf(query),
})
