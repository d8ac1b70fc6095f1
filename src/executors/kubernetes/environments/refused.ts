import { CommitSuiteError } from '../../../contract/index.ts'
import { isRefusal } from '../cluster/refusal.ts'

/** Answers that come again: missing rights, a request that the API server finds wrong. */
const LASTING = [400, 401, 403, 404, 405, 415, 422]

/** A lasting refusal as `environment_refused`, saying what was refused; anything else as it is. */
export function refused(error: unknown, what: string): unknown {
  if (!isRefusal(error) || !LASTING.includes(error.status)) return error
  return new CommitSuiteError(
    'environment_refused',
    `The cluster refused ${what}: ${error.message}`,
    {},
    { cause: error },
  )
}
