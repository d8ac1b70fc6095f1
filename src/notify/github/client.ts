import { Octokit } from '@octokit/core'
import { z } from 'zod'
import { DeliveryFault, faultOfAnswer } from '../fault.ts'
import type { DeliveryDeps } from '../notice.ts'
import type { GithubTarget } from '../schema.ts'

/** One call of GitHub's REST API; throws DeliveryFault. */
export type GithubCall = <S extends z.ZodType>(
  route: string,
  parameters: Record<string, unknown>,
  answer: S,
) => Promise<z.output<S>>

const API_VERSION = '2022-11-28'

/** What of the library's errors is looked at. */
const refusedSchema = z.object({
  status: z.int(),
  response: z.object({ headers: z.record(z.string(), z.unknown()), data: z.unknown() }),
})
const saidSchema = z.object({
  message: z.string(),
  errors: z.array(z.union([z.string(), z.object({ message: z.string() })])).optional(),
})

/** GitHub, or a GitHub Enterprise Server, with the target's token. Tries everything once: Temporal tries again. */
export function githubClient({ apiUrl, tokenEnv }: GithubTarget, { secretOf, signal }: DeliveryDeps): GithubCall {
  const quiet = { debug() {}, info() {}, warn() {}, error() {} }
  const octokit = new Octokit({
    auth: secretOf(tokenEnv),
    baseUrl: apiUrl.replace(/\/+$/, ''),
    log: quiet,
    userAgent: 'commit-suite',
  })
  return async (route, parameters, answer) => {
    const headers = { 'x-github-api-version': API_VERSION }
    const { data } = await octokit.request(route, { ...parameters, headers, request: { signal } }).catch((error) => {
      throw githubFault(error)
    })
    const parsed = answer.safeParse(data)
    if (parsed.success) return parsed.data
    throw new DeliveryFault(`GitHub's answer to ${route} is not as documented`, { retry: true })
  }
}

function githubFault(error: unknown): DeliveryFault {
  const parsed = refusedSchema.safeParse(error)
  if (!parsed.success) return new DeliveryFault('GitHub does not answer', { retry: true }, error)
  const { status, response } = parsed.data
  const header = (name: string) => (response.headers[name] === undefined ? undefined : String(response.headers[name]))
  return faultOfAnswer({ who: 'GitHub', status, header, said: saidOf(response.data) })
}

function saidOf(data: unknown): string {
  const parsed = saidSchema.safeParse(data)
  if (!parsed.success) return ''
  const { message, errors = [] } = parsed.data
  return [message, ...errors.map((error) => (typeof error === 'string' ? error : error.message))].join('; ')
}
