import type { Problem } from '../../contract/http/problem.ts'

/** What the gateway, or the way to it, says instead of an answer. */
export class ApiError extends Error {
  /** 0 where no answer came. */
  readonly status: number
  /** A stable word such as `suite_not_found`; `unreachable` where no answer came. */
  readonly code: string
  readonly remedy: string | undefined
  /** To find the request in the gateway's log. */
  readonly requestId: string | undefined

  constructor(
    status: number,
    code: string,
    message: string,
    more: { remedy?: string | undefined; requestId?: string | undefined } = {},
  ) {
    super(message)
    this.name = 'ApiError'
    this.status = status
    this.code = code
    this.remedy = more.remedy
    this.requestId = more.requestId
  }
}

export const unreachable = (): ApiError => new ApiError(0, 'unreachable', 'The gateway does not answer.')

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

/** The problem document of an answer; whatever stands in front of the gateway may answer with something else. */
export async function errorOf(response: Response): Promise<ApiError> {
  const problem: Partial<Record<keyof Problem, unknown>> | null = await response.json().catch(() => null)
  const message = text(problem?.detail) ?? `The gateway answered ${response.status} ${response.statusText}`.trim()
  const more = { remedy: text(problem?.remedy), requestId: text(problem?.requestId) }
  return new ApiError(response.status, text(problem?.code) ?? 'internal', message, more)
}

/** What went wrong, as one of ours; what is none is a fault of this page. */
export const asApiError = (error: unknown): ApiError =>
  error instanceof ApiError
    ? error
    : new ApiError(0, 'page_fault', error instanceof Error ? error.message : String(error))
