import type { SweepRequest } from '../../contract/index.ts'
import { optionErrors } from './own-options.ts'

/** Options of a request before the schema has judged them, under the names of the schema. */
export type RawSweep = { [K in keyof SweepRequest]?: unknown }

/** What a sweep has besides a suite, or bounds in another way; of a cron expression the schema says what is wrong. */
const OPTIONS = {
  name: {
    flag: '--name',
    rule: 'must be lower-case letters, digits and hyphens, 1 to 40 of them, not a hyphen first',
  },
  timezone: { flag: '--timezone', rule: 'must be an IANA time zone such as Europe/Berlin, or UTC' },
  overlap: { flag: '--overlap', rule: 'must be skip, buffer-one, allow or cancel' },
  jitterMs: { flag: '--jitter', rule: 'must be from 0s to 24h' },
  catchupMs: { flag: '--catchup', rule: 'must be from 10s to 365d' },
  budgetRuns: { flag: '--budget-runs', rule: 'must be a whole number from 1 to 50,000' },
  budgetMs: { flag: '--budget', rule: 'must be from 10s to 7d' },
  runs: { flag: '--runs', rule: 'must be a whole number from 1 to 50,000' },
}

const errors = optionErrors(OPTIONS)
export const sweepOptionError = errors.ofSchema
export const namedAsSweepOption = errors.named
