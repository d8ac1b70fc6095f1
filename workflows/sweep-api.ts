import type { SuiteRequest } from '../src/contract/suite.ts'

/** A firing of a sweep, as activities find it on record. */
export interface FiringReference {
  /** The run id of its workflow. */
  firing: string
  /** The sweep's instance. */
  sweep: string
}

/** What `Sweep` goes by; filled by the activity `planSweep`. It stands in histories, seeds and all. */
export interface SweepPlan {
  /** Names of commits, the seeds, and all else that the sweep asks for of its runs. */
  suite: { id: string; request: SuiteRequest }
  priority: number
  /** Among what is equally urgent, repositories take turns. */
  fairnessKey: string
  /** When its budget of time is used up, in ms since 1970; absent where it has none. */
  endsAtMs?: number
  /** False where the server refused to create our search attributes: none may then be set. */
  searchable: boolean
  repo: string
  /** Names the repository where Temporal keeps it readable; its address where there is none. */
  repoLabel?: string
  /** Of its suite, one line. */
  summary: string
  /** A few lines of Markdown: what is run, and why. */
  details: string
}

export interface SweepConclusion {
  /** A few lines of Markdown: what is known now. */
  details: string
  flaky: number
  fixed: number
}

export interface SweepResult {
  sweep: string
  suite: string
  flaky: number
  fixed: number
}
