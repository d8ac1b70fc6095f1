import { CommitSuiteError } from '../contract/index.ts'

/** No server at an address that somebody configured. */
export function temporalUnavailable(address: string, cause: unknown): CommitSuiteError {
  const remedy = 'Check TEMPORAL_ADDRESS, or leave it out to use the embedded server.'
  return new CommitSuiteError(
    'temporal_unavailable',
    `No Temporal server answers at ${address}. ${remedy}`,
    { field: 'TEMPORAL_ADDRESS', value: address, remedy },
    { cause },
  )
}
