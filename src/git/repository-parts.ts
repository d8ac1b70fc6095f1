import { isIP } from 'node:net'
import { endsInNumber, isHostName } from '../network/host-name.ts'

/** The parts of a remote address in their one form: what rules about hosts and paths are held against. */
export interface RepositoryParts {
  /** `scp` is `user@host:path`, whose path begins at the user's home. */
  form: 'url' | 'scp'
  transport: string
  /** Empty where none is named. */
  user: string
  /** Lower case; an IPv6 address without its brackets. */
  host: string
  /** Undefined for the usual one. */
  port: number | undefined
  path: string
}

const URL_FORM = /^(https|http|ssh):\/\/(?:([A-Za-z0-9._-]+)@)?(\[[0-9a-f:.]+\]|[^[\]:@/]+)(?::(\d+))?(\/.*)$/
const SCP_FORM = /^(?:([A-Za-z0-9._-]+)@)?(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+):(.+)$/
export const USUAL_PORTS: Readonly<Record<string, number>> = { http: 80, https: 443, ssh: 22 }

/** A path that every server reads alike: nothing to decode that could move it, no step upwards. */
const UNCLEAR_PATH = /%(?:2e|2f|5c|25)|\\|(?:^|\/)\.{1,2}(?:\/|$)/i

/**
 * Takes the canonical URL of a remote apart, or says in words why it is not plain enough to be judged: the rule that a
 * host or path breaks which resolvers, git and servers could read in different ways.
 */
export function repositoryParts(url: string): RepositoryParts | string {
  const asUrl = URL_FORM.exec(url)
  const asScp = asUrl === null && !url.includes('://') ? SCP_FORM.exec(url) : null
  const [form, transport, user, hostText, portText, path] =
    asUrl === null
      ? (['scp', 'ssh', asScp?.[1], asScp?.[2], undefined, asScp?.[3]] as const)
      : (['url', asUrl[1], asUrl[2], asUrl[3], asUrl[4], asUrl[5]] as const)
  if (transport === undefined || hostText === undefined || path === undefined) {
    return 'must be https://host/path, ssh://user@host/path or user@host:path'
  }
  const host = hostText.toLowerCase().replace(/^\[(.*)\]$/, '$1')
  if (host.endsWith('.')) return 'must name a host without a final dot'
  const isAddress = hostText.startsWith('[') ? isIP(host) === 6 : isIP(host) === 4
  if (!isAddress && (hostText.startsWith('[') || endsInNumber(host) || !isHostName(host))) {
    return 'must name a host by its name or by an address in the usual notation'
  }
  if (UNCLEAR_PATH.test(path)) return 'must have a path without "..", backslashes and encoded ".", "/", "\\" or "%"'
  const port = portText === undefined || Number(portText) === USUAL_PORTS[transport] ? undefined : Number(portText)
  return { form, transport, user: user ?? '', host, port, path }
}
