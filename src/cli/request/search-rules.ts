import { SEARCH_ID_LENGTH, type SearchRequest } from '../../contract/index.ts'
import { optionErrors } from './own-options.ts'

/** Options of a request before the schema has judged them, under the names of the schema. */
export type RawSearch = { [K in keyof SearchRequest]?: unknown }

/** What a search has besides a suite, or bounds in another way. */
const OPTIONS = {
  id: {
    flag: '--id',
    rule: `must be lower-case letters, digits and hyphens, 1 to ${SEARCH_ID_LENGTH} of them, not a hyphen first`,
  },
  good: { flag: '--good', rule: 'must be a ref, sha or tag of 1 to 1,024 characters' },
  bad: { flag: '--bad', rule: 'must be a ref, sha or tag of 1 to 1,024 characters' },
  test: { flag: '--test', rule: 'must be the id of a test, 1 to 1,024 characters' },
  minIncrease: { flag: '--min-increase', rule: 'must be a rate from 0.0001 to 0.9' },
  maxRuns: { flag: '--max-runs', rule: 'must be a whole number from 1 to 1,000,000' },
  maxDurationMs: { flag: '--max-duration', rule: 'must be from 1s to 30d' },
}

const errors = optionErrors(OPTIONS)
export const searchOptionError = errors.ofSchema
export const namedAsSearchOption = errors.named
