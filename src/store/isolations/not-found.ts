import { type CommitSuiteError, invalidInput } from '../../contract/index.ts'

export const isolationNotFound = (isolation: string): CommitSuiteError =>
  invalidInput('isolation', isolation, 'is not on record', undefined, 'isolation_not_found')
