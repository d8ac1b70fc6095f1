import type { IsolationStatus } from '../src/contract/isolation.ts'
import type { IsolationAnswer } from '../src/contract/isolation-report.ts'

/** What `TestIsolation` goes by; filled by the activity `resolveIsolation`. It stands in histories, so it stays small. */
export interface IsolationPlan {
  isolation: string
  repo: string
  /** Names the repository where Temporal keeps it readable; its address where there is none. */
  repoLabel?: string
  sha: string
  priority: number
  /** False where the server refused to create our search attributes: none may then be set. */
  searchable: boolean
  /** When its budget of time is used up, in ms since 1970; absent where it has none. */
  endsAtMs?: number
}

/** Runs that a question needs, as a suite of their own; all else is on record under the number of the question. */
export interface QuestionPart {
  suite: string
  question: number
  runs: number
  parallelism: number
  /** Its one run tells an order of tests. */
  tellsOrder: boolean
  /** The question, for people. */
  summary: string
}

/** What is to be run now, some of it perhaps already under way; all else is needed no more. */
export type IsolationDecision = { details: string } & (
  | { done: false; parts: QuestionPart[] }
  | { done: true; answer: IsolationAnswer }
)

/** Carried by `TestIsolation` from one execution to the next. */
export interface IsolationCursor {
  plan: IsolationPlan
}

export interface IsolationOutcome {
  isolation: string
  status: IsolationStatus
  answer: IsolationAnswer
}

/** Answer of the query `isolationProgress`; what is known is in the store. */
export interface IsolationProgress {
  isolation: string
  status: IsolationStatus
  /** Suites that run at the moment. */
  open: string[]
}
