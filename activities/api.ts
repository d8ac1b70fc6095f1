import type { SuiteRequest } from '../src/contract/suite.ts'
import type { LanePlace, RunOutcome, SuitePlan } from '../workflows/api.ts'

/** A fault as it stands in histories and records. */
export interface Fault {
  code: string
  message: string
}

export interface RunReference {
  suite: string
  sha: string
  attempt: number
  generation: number
  treeKey: string
}

export type PrepareResult =
  | { ok: true; treeKey: string }
  /** The set-up itself failed; its output is in the event of the step. */
  | { ok: false; reason: string }

/** What workflows call. Every one may run again after a crash, with the same arguments and the same effect. */
export interface Activities {
  /** Validates the input, fills the defaults and records the suite as queued. */
  admitSuite(input: { suite: string; request: SuiteRequest }): Promise<void>
  /** Forgets a suite whose input was bad; records any other as failed or cancelled. */
  failSuite(input: { suite: string; fault: Fault; cancelled: boolean }): Promise<void>
  /** Fetches the repository, resolves the refs, settles the command, and starts the suite. */
  resolveCommits(input: { suite: string }): Promise<SuitePlan>
  /** A slice of the suite's commits in the order asked for. */
  readCommits(input: { suite: string; from: number; limit: number }): Promise<{ sha: string; subject: string }[]>
  recordPause(input: { suite: string; paused: boolean; ordinal: number }): Promise<void>
  provisionEnvironment(input: { suite: string; sha: string }): Promise<LanePlace>
  /** Beats until it is cancelled: as long as it does, the host is there. */
  holdEnvironment(input: { suite: string; sha: string }): Promise<void>
  prepareCommit(input: { suite: string; sha: string }): Promise<PrepareResult>
  runSeed(run: RunReference): Promise<RunOutcome>
  /** Records `error` for a run that infrastructure could not carry through. */
  recordRunError(input: { run: RunReference; fault: Fault }): Promise<RunOutcome>
  /** Judges the commit by what is recorded. */
  decide(input: { suite: string; sha: string }): Promise<{ verdict: string }>
  /** Records that a commit could not be tested at all. */
  failCommit(input: { suite: string; sha: string; reason: string }): Promise<{ verdict: string }>
  /** Gives every run without a result one: of one commit (`error`) or of the whole suite (`cancelled`). */
  closeRuns(input: { suite: string; sha?: string; outcome: 'error' | 'cancelled'; reason: string }): Promise<void>
  releaseEnvironment(input: { suite: string; sha: string; keep: SuitePlan['keep'] }): Promise<void>
  completeSuite(input: { suite: string; status: 'completed' | 'cancelled' }): Promise<void>
}
