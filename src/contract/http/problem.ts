import { z } from 'zod'
import { type CommitSuiteError, ERRORS, type ErrorCode } from '../errors.ts'

const codes = Object.keys(ERRORS).filter((name): name is ErrorCode => Object.hasOwn(ERRORS, name))

/** A problem document of RFC 9457; `code` is stable, and `field`, `value`, `rule` say what to mend. */
export const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  code: z.enum(codes),
  field: z.string().optional(),
  value: z.unknown().optional(),
  rule: z.string().optional(),
  remedy: z.string().optional(),
  /** To find the request in the gateway's log. */
  requestId: z.string().optional(),
})
export type Problem = z.infer<typeof problemSchema>

export const PROBLEM_TYPE = 'application/problem+json'

/** `suite_not_found` as a title: `Suite not found`. */
const titleOf = (code: ErrorCode): string => {
  const words = code.replaceAll('_', ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** The problem document of an error; `about:blank` would hide the code from those who read the type only. */
export function problemOf(error: CommitSuiteError, requestId?: string): Problem {
  const { code, message, detail } = error
  const { field, value, rule, remedy } = detail
  return {
    type: `urn:commit-suite:problem:${code}`,
    title: titleOf(code),
    status: ERRORS[code].status,
    detail: message,
    code,
    ...(field === undefined ? {} : { field }),
    ...(value === undefined ? {} : { value }),
    ...(rule === undefined ? {} : { rule }),
    ...(remedy === undefined ? {} : { remedy }),
    ...(requestId === undefined ? {} : { requestId }),
  }
}
