import type { SeverityThresholds } from './job.ts'

/** What a commit says of its own tests, as far as its report needs it; the patterns stay with the commit. */
export interface CommitRules {
  /** Absent where the commit leaves the default. */
  severityThresholds?: SeverityThresholds
  /** Numbers of patterns. */
  ignored: number
  quarantined: number
}
