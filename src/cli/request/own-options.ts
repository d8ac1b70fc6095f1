import type { z } from 'zod'
import { CommitSuiteError, invalidInput } from '../../contract/index.ts'
import { namedAsOption, optionError } from './option-rules.ts'

interface OwnOption {
  flag: string
  rule: string
}

/** Complaints of a request that has options besides those of a suite, or bounds them in another way. */
export interface OptionErrors {
  /** Words the first complaint of the schema as `--option: value – rule`. */
  ofSchema(error: z.ZodError, input: object, typed: (field: string) => unknown): CommitSuiteError
  /** A complaint that names a field of the request, as the worker makes them, reworded to name the option. */
  named(error: CommitSuiteError): CommitSuiteError
}

/** All other fields are worded as those of a suite. */
export const optionErrors = (own: Partial<Record<string, OwnOption>>): OptionErrors => ({
  ofSchema(error, input, typed) {
    const field = String(error.issues[0]?.path[0] ?? '')
    const option = own[field]
    if (option === undefined) return optionError(error, input, typed)
    return invalidInput(option.flag, typed(field) ?? Reflect.get(input, field), option.rule)
  },
  named(error) {
    const [, name = '', rest = ''] = /^([a-zA-Z]+)(: .*)$/s.exec(error.message) ?? []
    const option = own[name]
    if (option === undefined) return namedAsOption(error)
    const detail = { ...error.detail, field: option.flag }
    return new CommitSuiteError(error.code, option.flag + rest, detail, { cause: error })
  },
})
