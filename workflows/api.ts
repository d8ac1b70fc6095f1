import type { Command } from '../src/contract/command.ts'
import type { SuiteStatus } from '../src/contract/suite.ts'

/**
 * What workflows say to each other and to clients: inputs, results and messages. All of it stands in histories,
 * so it stays small and only grows by optional fields.
 */

/** What the suite and its lanes go by; filled by the activity `resolveCommits`. */
export interface SuitePlan {
  suite: string
  repo: string
  /** Names the repository where Temporal keeps it readable; its address where there is none. */
  repoLabel?: string
  runs: number
  parallelism: number
  timeoutMs: number
  priority: number
  commits: number
  keep: 'never' | 'failed' | 'always'
  /** False where the server refused to create our search attributes: none may then be set. */
  searchable: boolean
  /** Time for all of the suite from here on, its preparation included; absent where it may take as long as it takes. */
  deadlineMs?: number
  /** The evidence decides when a commit has enough runs: `runs` are then the most that are made. */
  until?: 'verdict'
  /** Number of the extension that the runs are made for; absent for those asked for at first. */
  extension?: number
  /** Of an extension: the first attempt that it adds. Those below are only run where they lack a result. */
  from?: number
  /** Of an extension: whether runs that ended `error` or `cancelled` are repeated, in another generation. */
  errors?: boolean
}

/** What came of the admission of an extension. */
export interface ExtendedSuite {
  plan: SuitePlan
  /** How often the suite was paused or resumed before. */
  pauses: number
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
  /** When the suite has to have ended, in ms since 1970. */
  endsAtMs?: number
  /** An extension that came meanwhile: what is to be done when the lanes have drained. */
  ahead?: SuitePlan
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
  /** Runs below `next` that are to be started again, or in another generation. */
  again: RunRef[]
  /** The last attempt of those below the plan's `from` that was looked at; absent where none are left. */
  looked?: number
}

/** An attempt, with its generation where that is not 0. */
export type RunRef = number | [attempt: number, generation: number]

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
  /** Run id of the lane's workflow. */
  lane?: string
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

/** Result of `Session`. */
export interface SessionPlace {
  /** Null where none is there. */
  namespace: string | null
  status: 'created' | 'exists' | 'absent'
  /** As its folder is spelt. */
  projectType: string
  /** What the project type runs where nothing else is asked for; null where the repository decides. */
  command: Command | null
  at: string
}
