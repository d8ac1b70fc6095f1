import { type CommitSuiteError, invalidInput } from '../../contract/index.ts'

export const searchNotFound = (search: string): CommitSuiteError =>
  invalidInput('search', search, 'is not on record', undefined, 'search_not_found')
