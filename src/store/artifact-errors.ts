import { CommitSuiteError } from '../contract/index.ts'

/** The system's word for a failed call (`ENOSPC`, `EACCES`, …); undefined for other errors. */
export function systemCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}

/** Missing, or below something that is no directory. */
export const isMissing = (error: unknown): boolean => {
  const code = systemCode(error)
  return code === 'ENOENT' || code === 'ENOTDIR'
}

const ADVICE: Record<string, string> = {
  ENOSPC: ' Free space there, for instance with commit-suite gc.',
  EDQUOT: ' The disk quota is used up.',
  EROFS: ' Set COMMIT_SUITE_ARTIFACTS to a directory that can be written.',
  EACCES: ' Set COMMIT_SUITE_ARTIFACTS to a directory that can be written.',
}

/** Turns a failed system call into `artifact_store_failed`, which is tried again; leaves other errors as they are. */
export function asArtifactError(error: unknown, doing: string, path: string): unknown {
  const code = systemCode(error)
  if (code === undefined || !(error instanceof Error) || error instanceof CommitSuiteError) return error
  return new CommitSuiteError(
    'artifact_store_failed',
    `Could not ${doing} the artifact ${path}: ${error.message}.${ADVICE[code] ?? ''}`,
    { field: 'artifact', value: path, rule: code },
    { cause: error },
  )
}
