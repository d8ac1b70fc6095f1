import type { IncomingHttpHeaders } from 'node:http'
import { CommitSuiteError } from '../../contract/index.ts'

const notAllowed = (field: string, value: string, rule: string): CommitSuiteError =>
  new CommitSuiteError('origin_not_allowed', `${field}: ${JSON.stringify(value.slice(0, 200))} – ${rule}.`, {
    field,
    value: value.slice(0, 200),
    rule,
  })

/**
 * Refuses what pages of other origins make a browser send: an Origin, when there is one, must be this gateway's own,
 * or one of `origins`. Throws `origin_not_allowed`.
 */
export function requireOwnOrigin(method: string, headers: IncomingHttpHeaders, origins: readonly string[]): void {
  const { origin, host, 'sec-fetch-site': site, 'sec-fetch-mode': mode } = headers
  if (origin !== undefined) {
    if (!isOwn(origin, host, origins)) throw notAllowed('Origin', origin, 'is not the origin of this gateway')
    return
  }
  // A link to a page of ours is no attack; whatever else comes from another site is.
  const followsLink = mode === 'navigate' && (method === 'GET' || method === 'HEAD')
  if (site === 'cross-site' && !followsLink) throw notAllowed('Sec-Fetch-Site', site, 'is not the site of this gateway')
}

/** By host and port: a proxy in front of the gateway may speak https where we speak http. */
function isOwn(origin: string, host: string | undefined, origins: readonly string[]): boolean {
  if (origins.includes(origin)) return true
  if (!URL.canParse(origin) || host === undefined) return false
  const { protocol, host: named } = new URL(origin)
  const canonical = URL.canParse(`${protocol}//${host}`) ? new URL(`${protocol}//${host}`).host : host
  return /^https?:$/.test(protocol) && named === canonical
}
