import type { CommitSuiteError } from '../contract/index.ts'

/** Why one try of a call came to nothing, and what that says about another. */
export class Failure extends Error {
  readonly error: CommitSuiteError
  /** Whether it may pass. */
  readonly passing: boolean
  /** Surely not acted upon, so that even what must not happen twice may be tried again. */
  readonly untouched: boolean
  /** When to come back, as the gateway says; in ms. */
  readonly retryAfterMs: number | undefined

  constructor(
    error: CommitSuiteError,
    {
      passing,
      untouched = false,
      retryAfterMs,
    }: { passing: boolean; untouched?: boolean; retryAfterMs?: number | undefined },
  ) {
    super(error.message, { cause: error })
    this.error = error
    this.passing = passing
    this.untouched = untouched
    this.retryAfterMs = retryAfterMs
  }
}
