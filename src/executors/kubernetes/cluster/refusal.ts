import { z } from 'zod'

const statusSchema = z.object({
  message: z.string().optional(),
  reason: z.string().optional(),
  code: z.number().optional(),
  details: z
    .object({
      name: z.string().optional(),
      kind: z.string().optional(),
      retryAfterSeconds: z.number().optional(),
      causes: z
        .array(
          z.object({ reason: z.string().optional(), message: z.string().optional(), field: z.string().optional() }),
        )
        .optional(),
    })
    .optional(),
})
type Status = z.infer<typeof statusSchema>
export type RefusalDetails = NonNullable<Status['details']>

const LONGEST_BODY = 500

/** The API server's own answer that it will not do what was asked. */
export class ApiRefusal extends Error {
  /** HTTP status. */
  readonly status: number
  /** Kubernetes' word for it, such as `NotFound` or `AlreadyExists`; empty where the answer has none. */
  readonly reason: string
  readonly details: RefusalDetails
  /** How long the server asks us to stay away. */
  readonly retryAfterMs: number | undefined

  constructor(status: number, answer: Status, retryAfterMs?: number) {
    super(answer.message ?? `The API server answered ${status}.`)
    this.name = 'ApiRefusal'
    this.status = status
    this.reason = answer.reason ?? ''
    this.details = answer.details ?? {}
    this.retryAfterMs = retryAfterMs
  }
}

/** From an answer's HTTP status and body: a `Status` object of Kubernetes, or what some proxy wrote. */
export function refusalFrom(status: number, body: string, retryAfter?: string): ApiRefusal {
  const seconds = Number(retryAfter ?? Number.NaN)
  const retryAfterMs = Number.isFinite(seconds) ? seconds * 1000 : undefined
  const answer = parseStatus(status, body)
  if (status !== 401) return new ApiRefusal(status, answer, retryAfterMs)
  const message = `The API server does not accept the credentials of the kubeconfig: ${answer.message}`
  return new ApiRefusal(status, { ...answer, message }, retryAfterMs)
}

/** From the object of a watch's ERROR event. */
export function refusalFromStatus(object: unknown): ApiRefusal {
  const parsed = statusSchema.safeParse(object)
  const answer = parsed.success ? parsed.data : {}
  return new ApiRefusal(answer.code ?? 500, answer)
}

function parseStatus(status: number, body: string): Status {
  try {
    const parsed = statusSchema.safeParse(JSON.parse(body))
    if (parsed.success && parsed.data.message !== undefined) return parsed.data
  } catch {
    // Plain text, which goes into the message.
  }
  const text = body.trim().slice(0, LONGEST_BODY)
  return { message: `The API server answered ${status}${text === '' ? '' : `: ${text}`}` }
}

export const isRefusal = (error: unknown, status?: number): error is ApiRefusal =>
  error instanceof ApiRefusal && (status === undefined || error.status === status)

/** A ResourceQuota of the namespace has no room: asking later can succeed. */
export const isQuotaRefusal = (error: unknown): error is ApiRefusal =>
  isRefusal(error, 403) && /exceeded quota/.test(error.message)
