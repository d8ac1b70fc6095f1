import type { CommitSuiteError, ExtensionRequest, SuiteRequest, SuiteStatus } from '../contract/index.ts'
import type { IsolationControl } from './isolations.ts'
import type { SearchControl } from './searches.ts'
import type { SweepControl } from './sweeps.ts'

export interface StartOptions {
  /** Never joins: an id that any request had before, a refused one included, is `suite_conflict`. */
  alone?: boolean
}

export interface Extended {
  suite: string
  /** Its number, from 1. */
  extension: number
  /** It was on record before: a call whose answer was lost, repeated. */
  joined: boolean
  status: SuiteStatus
}

/** What commands do to suites. Reading goes to the store; only these calls go to Temporal. */
export interface SuiteControl {
  /**
   * Starts a suite; under an id that exists the same request joins it and another throws `suite_conflict`.
   * Returns once the workflow is accepted.
   */
  start(
    request: SuiteRequest & { id: string },
    options?: StartOptions,
  ): Promise<{ suite: string; joined: boolean; status: SuiteStatus }>
  /** Asks for cancellation; resolves when the request is accepted. `suite_not_found`, `suite_not_running`. */
  cancel(suite: string): Promise<void>
  /** Starts no new run; those in flight finish. */
  pause(suite: string, note?: string): Promise<void>
  resume(suite: string): Promise<void>
  /**
   * Adds runs to a suite or repeats those that ended `error` or `cancelled`; one that has ended runs again, one that is
   * open goes on to it. `expected` is the number of extensions that the caller knows of: the same call repeated
   * joins, and where the suite was extended otherwise since, `extension_conflict` is thrown. Returns once the extension
   * is on record. Also `suite_not_found`, `suite_conflict` (it never had commits), `suite_too_large`, `invalid_input`.
   */
  extend(suite: string, extension: ExtensionRequest & { expected: number }): Promise<Extended>
  /**
   * Why the workflow of a suite failed: what was refused before anything was recorded is known here only.
   * Undefined while it runs and after any other end.
   */
  failureOf(suite: string): Promise<CommitSuiteError | undefined>
  searches: SearchControl
  isolations: IsolationControl
  sweeps: SweepControl
  /** Throws where Temporal does not answer. */
  check(): Promise<void>
  close(): Promise<void>
}
