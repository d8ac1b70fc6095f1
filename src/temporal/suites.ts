import type { CommitSuiteError, SuiteRequest, SuiteStatus } from '../contract/index.ts'

/** What commands do to suites. Reading goes to the store; only these calls go to Temporal. */
export interface SuiteControl {
  /**
   * Starts a suite; under an id that exists the same request joins it and another throws `suite_conflict`.
   * Returns once the workflow is accepted.
   */
  start(request: SuiteRequest & { id: string }): Promise<{ suite: string; joined: boolean; status: SuiteStatus }>
  /** Asks for cancellation; resolves when the request is accepted. `suite_not_found`, `suite_not_running`. */
  cancel(suite: string): Promise<void>
  /** Starts no new run; those in flight finish. */
  pause(suite: string, note?: string): Promise<void>
  resume(suite: string): Promise<void>
  /**
   * Why the workflow of a suite failed: what was refused before anything was recorded is known here only.
   * Undefined while it runs and after any other end.
   */
  failureOf(suite: string): Promise<CommitSuiteError | undefined>
  close(): Promise<void>
}
