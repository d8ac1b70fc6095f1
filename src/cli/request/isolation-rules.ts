import { type OpenIsolation, SEARCH_ID_LENGTH } from '../../contract/index.ts'
import { optionErrors } from './own-options.ts'

/** Options of a request before the schema has judged them, under the names of the schema. */
export type RawIsolation = { [K in keyof OpenIsolation]?: unknown }

/** What an isolation has besides a suite, or bounds in another way. */
const OPTIONS = {
  id: {
    flag: '--id',
    rule: `must be lower-case letters, digits and hyphens, 1 to ${SEARCH_ID_LENGTH} of them, not a hyphen first`,
  },
  test: { flag: 'TEST', rule: 'must be the id of a test, classname::name, of 1 to 800 characters' },
  run: { flag: '--run', rule: 'must be the name of a run, <suite>.<12 hex digits>.<attempt>' },
  RUN: { flag: '--run', rule: 'must be the name of a run, <suite>.<12 hex digits>.<attempt>' },
  commit: { flag: '--commit', rule: 'must be a ref, sha or tag of 1 to 1,024 characters' },
  minRate: { flag: '--min-rate', rule: 'must be a rate from 0.0001 to 0.9' },
  maxRuns: { flag: '--max-runs', rule: 'must be a whole number from 1 to 1,000,000' },
  maxDurationMs: { flag: '--max-duration', rule: 'must be from 1s to 30d' },
}

const errors = optionErrors(OPTIONS)
export const isolationOptionError = errors.ofSchema
export const namedAsIsolationOption = errors.named
