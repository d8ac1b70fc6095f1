import type { SuiteStatus } from '../src/contract/suite.ts'

/**
 * What workflows say to each other and to clients: inputs, results and messages. All of it stands in histories,
 * so it stays small and only grows by optional fields.
 */

/** What the suite and its lanes go by; filled by the activity `resolveCommits`. */
export interface SuitePlan {
  suite: string
  repo: string
  runs: number
  parallelism: number
  timeoutMs: number
  priority: number
  commits: number
  keep: 'never' | 'failed' | 'always'
  /** False where the server refused to create our search attributes: none may then be set. */
  searchable: boolean
}

/** Carried by `CommitSuite` from one execution to the next. */
export interface SuiteCursor {
  plan: SuitePlan
  /** Position of the next commit to open a lane for. */
  next: number
  verdicts: Record<string, number>
  paused: boolean
  /** How often the suite was paused or resumed: the ordinal of those events. */
  pauses: number
}

export interface SuiteResult {
  suite: string
  status: SuiteStatus
  /** Commits by verdict. */
  verdicts: Record<string, number>
}

export interface LaneInput {
  plan: SuitePlan
  sha: string
  /** Slots of the suite that the lane may use at once; more come by the signal `grantSlots`. */
  slots: number
  paused: boolean
  /** Whether another lane may want the slots that this one no longer needs. */
  last: boolean
}

/** Where the runs of a lane happen. */
export interface LanePlace {
  /** Queue of the host's runs and preparations, bounded by its slots. */
  taskQueue: string
  /** Queue of the host's short work, never behind waiting runs. */
  controlQueue: string
  node: string
  /** Runs that the host executes at once, of all suites. */
  slots: number
  /** How long a run may have to wait there until it begins; next to nothing where this is absent. */
  waitMs?: number
}

/** Carried by `CommitLane` from one execution to the next. */
export interface LaneCursor {
  place: LanePlace
  treeKey: string
  next: number
  /** Attempts below `next` that are to be started again. */
  again: number[]
}

export interface LaneResult {
  sha: string
  verdict: string
}

export interface RunInput {
  suite: string
  sha: string
  attempt: number
  generation: number
  taskQueue: string
  treeKey: string
  timeoutMs: number
  /** Of its place. */
  waitMs?: number
}

export interface RunOutcome {
  /** An outcome of the contract, or `held`: the suite was paused before the run began, so it did not. */
  outcome: string
}

/** Answer of the query `progress`; how the runs went is in the store. */
export interface SuiteProgress {
  suite: string
  status: SuiteStatus
  commits: number
  finished: number
  /** Commits whose lanes are open. */
  open: string[]
}
