import { isIP } from 'node:net'
import { isHostName } from '../../../network/host-name.ts'

/** Where a client of the proxy wants to go. */
export interface Target {
  /** Lower case, without brackets or a final dot. */
  host: string
  port: number
}

function parseHost(text: string): string | undefined {
  const lower = text.toLowerCase()
  if (lower.startsWith('[') && lower.endsWith(']')) {
    const address = lower.slice(1, -1)
    return isIP(address) === 6 && !address.includes('%') ? address : undefined
  }
  const host = lower.replace(/\.$/, '')
  return isHostName(host) ? host : undefined
}

/** Reads the `host:port` of a CONNECT request; undefined for anything else, user info and lone IPv6 included. */
export function parseAuthority(authority: string): Target | undefined {
  const match = /^(\[[^\]]*\]|[^:@/\s]+):(\d{1,5})$/.exec(authority)
  const host = parseHost(match?.[1] ?? '')
  const port = Number(match?.[2])
  return host === undefined || !(port >= 1 && port <= 65_535) ? undefined : { host, port }
}

/** Reads the absolute `http://` URL of a plain request; undefined for other schemes, user info and paths alone. */
export function parseAbsoluteUrl(url: string): (Target & { path: string }) | undefined {
  if (!/^http:\/\//i.test(url) || !URL.canParse(url)) return undefined
  const parsed = new URL(url)
  const host = parseHost(parsed.hostname)
  if (host === undefined || parsed.username !== '' || parsed.password !== '') return undefined
  return { host, port: parsed.port === '' ? 80 : Number(parsed.port), path: parsed.pathname + parsed.search }
}
