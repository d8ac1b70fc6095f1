import type { FastifyRequest } from 'fastify'
import { CommitSuiteError, reaches } from '../../contract/index.ts'
import type { StoredKey } from '../../store/keys.ts'
import type { GatewayStore } from '../../store/store.ts'
import { type Caller, KEYLESS } from './caller.ts'
import { isLoopbackName } from './loopback.ts'

export const SESSION_COOKIE = 'commit_suite_session'

/** Where the endpoint of older WebSocket clients takes its key: they send no headers. */
const QUERY_KEY_PATH = '/ws'

export interface AuthDeps {
  store: Pick<GatewayStore, 'keys' | 'browserSessions'>
  settings: { loopback: boolean }
}

const callerOf = ({ id, name, role, requestsPerMinute, openSuites }: StoredKey): Caller => ({
  keyId: id,
  key: name,
  role,
  requestsPerMinute,
  openSuites,
})

/**
 * Who sent a request. Throws `unauthorized` without a valid key where one is needed: with any key on record, and on
 * every address but loopback.
 */
export async function authenticate(request: FastifyRequest, deps: AuthDeps): Promise<Caller> {
  const secret = secretOf(request)
  if (secret !== undefined) return await bearer(deps, secret)
  const inQuery = keyInQuery(request)
  if (inQuery !== undefined) return atMostRun(await bearer(deps, inQuery))
  const cookie = request.cookies[SESSION_COOKIE]
  if (cookie !== undefined) return await ofSession(deps, cookie)
  if (!deps.settings.loopback || (await deps.store.keys.any())) throw unauthorized('No API key was sent.')
  requireLoopbackName(request)
  return KEYLESS
}

/** A key that was revoked since takes its open streams with it. */
export async function isStillValid({ keyId }: Caller, { store, settings }: AuthDeps): Promise<boolean> {
  if (keyId === null) return settings.loopback && !(await store.keys.any())
  return (await store.keys.get(keyId)) !== undefined
}

async function bearer({ store }: AuthDeps, secret: string): Promise<Caller> {
  const key = await store.keys.find(secret)
  if (key === undefined) throw unauthorized('The API key is not known.')
  return callerOf(key)
}

async function ofSession({ store }: AuthDeps, cookie: string): Promise<Caller> {
  const id = await store.browserSessions.keyOf(cookie)
  const key = id === undefined ? undefined : await store.keys.get(id)
  if (key === undefined) throw unauthorized('The session has ended.')
  return callerOf(key)
}

function secretOf({ headers }: FastifyRequest): string | undefined {
  const { authorization, 'x-api-key': plain } = headers
  if (authorization !== undefined) {
    const match = /^Bearer +(\S+) *$/i.exec(authorization)
    if (match?.[1] === undefined) throw unauthorized('The header Authorization is not "Bearer <key>".')
    return match[1]
  }
  return typeof plain === 'string' ? plain : undefined
}

function keyInQuery({ url }: FastifyRequest): string | undefined {
  const { pathname, searchParams } = new URL(url, 'http://gateway')
  return pathname === QUERY_KEY_PATH ? (searchParams.get('key') ?? undefined) : undefined
}

/** An address ends up in histories and logs of others: what a key in it may do is bounded. */
const atMostRun = (caller: Caller): Caller => (reaches(caller.role, 'admin') ? { ...caller, role: 'run' } : caller)

/** Without keys, any web page that makes its own name lead here would be let in, but for its name. */
function requireLoopbackName({ headers: { host } }: FastifyRequest): void {
  if (isLoopbackName(host)) return
  throw new CommitSuiteError(
    'origin_not_allowed',
    'Without API keys this gateway answers to the names of loopback only (localhost, 127.0.0.1, [::1]).',
    { field: 'Host', value: host ?? null, rule: 'a name of loopback', remedy: 'Use such a name, or make a key.' },
  )
}

function unauthorized(what: string): CommitSuiteError {
  const remedy = 'Send "Authorization: Bearer <key>" or x-api-key; `commit-suite keys create` makes a key.'
  return new CommitSuiteError('unauthorized', `${what} ${remedy}`, { field: 'Authorization', remedy })
}
