import type { Bench } from '../figure.ts'
import { culpritRows, unbatched } from '../statistics/culprit-rows.ts'
import { noCulpritRows } from '../statistics/no-culprit-rows.ts'
import { realSearches } from '../statistics/real-searches.ts'
import { runsSaid } from '../statistics/runs-said.ts'
import { searchTimes } from '../statistics/search-times.ts'

export const statisticsCulprit: Bench = {
  name: 'statistics-culprit',
  description:
    'The culprit search beside git bisect run and a noisy binary search: simulated; three rows by real processes.',
  byDefault: false,
  run: async (scale) => [
    ...culpritRows(scale),
    ...unbatched(scale),
    ...noCulpritRows(scale),
    ...runsSaid(scale),
    ...searchTimes(scale),
    ...(await realSearches(scale)),
  ],
}
