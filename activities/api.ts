import type { NumberedExtension } from '../src/contract/extension.ts'
import type { SuiteRequest } from '../src/contract/suite.ts'
import type { ExtendedSuite, LanePlace, RunOutcome, SuitePlan } from '../workflows/api.ts'

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
  /** Run id of its lane's workflow, whose cancellation is the run's too; runs of older workers have none. */
  lane?: string
}

export interface CommitReference {
  suite: string
  sha: string
  /** Number of the extension that it is worked on for; events and verdicts are told apart by it. */
  extension?: number
}

/** A verdict as far as histories hold it. */
export interface Decision {
  verdict: string
  /** Where the evidence decided when to stop: the number of runs that count. */
  evidence?: number
}

export interface EvidenceQuery {
  suite: string
  sha: string
  /** All attempts below this one have ended and will not be repeated. */
  below: number
}

export interface UnfinishedRuns {
  suite: string
  sha: string
  after: number
  below: number
  errors: boolean
  limit: number
}

export interface RunsToClose {
  suite: string
  sha?: string
  outcome: 'error' | 'cancelled'
  reason: string
  /** Only attempts below this one. */
  below?: number
}

export type PrepareResult =
  | { ok: true; treeKey: string }
  /** The set-up itself failed; its output is in the event of the step. */
  | { ok: false; reason: string }

/** What workflows call. Every one may run again after a crash, with the same arguments and the same effect. */
export interface Activities {
  /** Validates the input, fills the defaults and records the suite as queued. */
  admitSuite(input: { suite: string; request: SuiteRequest }): Promise<void>
  /** Validates an extension and records it; a suite that has ended is running again. */
  admitExtension(input: { suite: string; extension: NumberedExtension }): Promise<ExtendedSuite>
  /** Forgets a suite whose input was bad; records any other as failed or cancelled. */
  failSuite(input: { suite: string; fault: Fault; cancelled: boolean; extension?: number }): Promise<void>
  /** Fetches the repository, resolves the refs, settles the command, and starts the suite. */
  resolveCommits(input: { suite: string }): Promise<SuitePlan>
  /** A slice of the suite's commits in the order asked for. */
  readCommits(input: { suite: string; from: number; limit: number }): Promise<{ sha: string; subject: string }[]>
  /** Runs with `after` < attempt < `below` that have no result, or with `errors` none that counts, by attempt. */
  readUnfinished(input: UnfinishedRuns): Promise<[attempt: number, generation: number][]>
  recordPause(input: { suite: string; paused: boolean; ordinal: number }): Promise<void>
  provisionEnvironment(commit: CommitReference): Promise<LanePlace>
  /** Beats until it is cancelled: as long as it does, the host is there. */
  holdEnvironment(input: { suite: string; sha: string }): Promise<void>
  prepareCommit(commit: CommitReference): Promise<PrepareResult>
  runSeed(run: RunReference): Promise<RunOutcome>
  /** Records `error` for a run that infrastructure could not carry through. */
  recordRunError(input: { run: RunReference; fault: Fault }): Promise<RunOutcome>
  /** Whether a commit's first runs suffice for `until`, and how many of them do. */
  checkEvidence(query: EvidenceQuery): Promise<{ stop: boolean; evidence: number }>
  /** Judges the commit by what is recorded. */
  decide(commit: CommitReference): Promise<Decision>
  /** Records that a commit could not be tested at all. */
  failCommit(input: CommitReference & { reason: string }): Promise<Decision>
  /** Gives every run without a result one: of one commit (`error`) or of the whole suite (`cancelled`). */
  closeRuns(input: RunsToClose): Promise<void>
  releaseEnvironment(input: CommitReference & { keep: SuitePlan['keep'] }): Promise<void>
  completeSuite(input: { suite: string; status: 'completed' | 'cancelled'; extension?: number }): Promise<void>
}
