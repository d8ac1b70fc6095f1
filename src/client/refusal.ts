import { z } from 'zod'
import { PROBLEM_TYPE } from '../contract/http/problem.ts'
import { CommitSuiteError, ERRORS, type ErrorCode } from '../contract/index.ts'
import { Failure } from './failure.ts'
import type { Settings } from './options.ts'
import { notAGateway, unavailable } from './unavailable.ts'

/** Of a problem document, what is used; a newer gateway may know codes that are not known here. */
const saidSchema = z.object({
  code: z.string(),
  detail: z.string(),
  field: z.string().optional(),
  value: z.unknown().optional(),
  rule: z.string().optional(),
  remedy: z.string().optional(),
})

const isCode = (code: string): code is ErrorCode => Object.hasOwn(ERRORS, code)

const BY_STATUS: Partial<Record<number, ErrorCode>> = {
  401: 'unauthorized',
  403: 'forbidden',
  404: 'route_not_found',
  413: 'body_too_large',
  415: 'media_type_not_supported',
  429: 'rate_limited',
}

const byStatus = (status: number): ErrorCode =>
  BY_STATUS[status] ?? (status < 500 ? 'invalid_input' : 'gateway_unavailable')

/** Statuses by which a gateway, or what stands before it, says that it cannot at the moment. */
const PASSING = new Set([429, 502, 503, 504])
/** These are said before anything was done. */
const UNTOUCHED: readonly ErrorCode[] = ['rate_limited', 'draining']
const LONGEST_PROBLEM = 1_000_000

/** What an answer without success says. */
export async function refusalOf(settings: Settings, response: Response): Promise<Failure> {
  const { status, headers } = response
  if (status === 0 || (status >= 300 && status < 400))
    return new Failure(redirected(settings, response), { passing: false })
  const retryAfterMs = retryAfterOf(headers.get('retry-after'))
  const said = isProblem(headers) ? await readProblem(response) : undefined
  if (said === undefined) {
    await response.body?.cancel().catch(() => undefined)
    return new Failure(strange(settings, status), { passing: PASSING.has(status), retryAfterMs })
  }
  const { code: named, detail: message, ...rest } = said
  const code = isCode(named) ? named : byStatus(status)
  const detail = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined))
  const passing = isCode(named) ? ERRORS[named].retryable : PASSING.has(status)
  return new Failure(new CommitSuiteError(code, message, detail), {
    passing,
    untouched: UNTOUCHED.includes(code),
    retryAfterMs,
  })
}

const isProblem = (headers: Headers): boolean => headers.get('content-type')?.startsWith(PROBLEM_TYPE) === true

async function readProblem(response: Response): Promise<z.output<typeof saidSchema> | undefined> {
  try {
    const text = await response.text()
    return text.length > LONGEST_PROBLEM ? undefined : saidSchema.parse(JSON.parse(text))
  } catch {
    return undefined
  }
}

function strange(settings: Settings, status: number): CommitSuiteError {
  if (PASSING.has(status)) return unavailable(settings, `answers ${status}, and no gateway behind it`)
  return notAGateway(settings, `answers ${status}, and not as a gateway of Commit Suite does`)
}

function redirected(settings: Settings, { status, headers }: Response): CommitSuiteError {
  const location = headers.get('location')
  const base = `${settings.url}/`
  const to = location !== null && URL.canParse(location, base) ? ` to ${new URL(location, base).origin}` : ''
  const rule = `answers ${status === 0 ? 'with a redirect' : status}${to}, where no key is sent`
  return unavailable(settings, rule, 'Give the address that it leads to.')
}

/** In seconds or as a date. */
function retryAfterOf(header: string | null): number | undefined {
  if (header === null) return undefined
  if (/^\d{1,9}$/.test(header.trim())) return Number(header) * 1000
  const at = Date.parse(header)
  return Number.isNaN(at) ? undefined : Math.max(0, at - Date.now())
}
