import type { IsolationRequest } from '../../src/contract/isolation.ts'
import type { IsolationDecision, IsolationPlan } from '../../workflows/isolation-api.ts'
import type { Fault } from '../api.ts'

/** What the workflow `TestIsolation` calls. Every one may run again after a crash, with the same effect. */
export interface IsolationActivities {
  /** Validates the input, fills the defaults and records the isolation as queued. */
  admitIsolation(input: { isolation: string; request: IsolationRequest }): Promise<void>
  /** Finds the commit, how chosen tests are run there, and the orders that runs on record tell. */
  resolveIsolation(input: { isolation: string }): Promise<IsolationPlan>
  /** Reads the order of tests that the run of a question tells. */
  learnOrder(input: { isolation: string; question: number; suite: string }): Promise<void>
  /** Takes what the suites that have ended show, and says what to run now, or the answer. */
  decideQuestion(input: DecideQuestion): Promise<IsolationDecision>
  /** Forgets an isolation whose input was bad; records how any other has ended. */
  endIsolation(input: IsolationEnding): Promise<void>
}

export interface DecideQuestion {
  isolation: string
  /** The budget of time is used up: the answer is by what is known. */
  late: boolean
}

export type IsolationEnding = { isolation: string } & (
  | { status: 'completed' | 'cancelled' }
  | { status: 'failed'; fault: Fault }
)
