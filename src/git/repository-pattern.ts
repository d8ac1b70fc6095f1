import { fileURLToPath } from 'node:url'
import { invalidInput } from '../contract/index.ts'
import { type RepositoryParts, USUAL_PORTS } from './repository-parts.ts'

/** An entry of `COMMIT_SUITE_ALLOWED_REPOS`, taken apart like the addresses it is held against. */
export type RepositoryPattern =
  | { form: 'file'; transport: 'file'; path: string }
  | {
      form: 'url' | 'scp'
      transport: string
      user: string
      host: string
      /** `*` for any, undefined for the usual one. */
      port: number | '*' | undefined
      path: string
    }

export const ALLOWED_REPOS = 'COMMIT_SUITE_ALLOWED_REPOS'
const REMOTE =
  /^(https|http|ssh):\/\/(?:([A-Za-z0-9._*-]+)@)?(\*|\[[0-9a-f:.]+\]|[a-z0-9._*-]+?)(?::(\d{1,5}|\*))?(\/.*)?$/i
const SCP = /^(?:([A-Za-z0-9._*-]+)@)?(\*|\[[0-9a-f:.]+\]|[a-z0-9._*-]+)(?::(.+))?$/i
/** Whatever follows the last `*` in a host begins a label: neither `*example.com` nor `example.*` says what was meant. */
const CLEAR_HOST = /^(?:\*|[^*]+|.*\*\.[^*]+)$/

/**
 * Reads one pattern. `*` stands for any run of characters within its part (user, host, port or path), so that one in
 * the path never reaches into the host. Throws `config_invalid` naming the variable, the pattern and the rule.
 */
export function parsePattern(text: string): RepositoryPattern {
  if (/^file:/i.test(text)) return filePattern(text)
  const isUrl = text.includes('://')
  const match = (isUrl ? REMOTE : SCP).exec(text)
  if (match === null || (!isUrl && !/[@:]/.test(text))) {
    const remedy = text.startsWith('/') ? `Write file://${text}.` : 'For example: https://git.example.com/*.'
    throw refuse(text, 'must begin with https://, http://, ssh:// or file:///, or be user@host:path', remedy)
  }
  return isUrl ? urlPattern(text, match) : scpPattern(text, match)
}

function urlPattern(text: string, [, scheme = '', user, host = '', port, path]: RegExpExecArray): RepositoryPattern {
  const transport = scheme.toLowerCase()
  if (user !== undefined && transport !== 'ssh') throw refuse(text, 'must not carry user information')
  const plainPath = path?.replace(/\/+$/, '') ?? ''
  // "https://*" is short for all of a scheme, "https://host:*" for all of a host.
  const isOpen = path === undefined && (host === '*' || port === '*')
  if (!isOpen && plainPath === '') {
    const all = `${text.slice(0, text.length - (path?.length ?? 0)).replace(/(?<=[^/])\*$/, '')}/*`
    throw refuse(text, 'must say which paths of the host it means', `Write ${all} for all.`)
  }
  requireClearHost(text, host)
  const anyUser = isOpen && host === '*' && transport === 'ssh'
  return {
    form: 'url',
    transport,
    user: user ?? (anyUser ? '*' : ''),
    host: plainHost(host),
    port: isOpen ? (port === undefined ? '*' : portOf(port, transport)) : portOf(port, transport),
    path: isOpen ? '*' : plainPath,
  }
}

function scpPattern(text: string, [, user, host = '', path]: RegExpExecArray): RepositoryPattern {
  if (path === undefined && host !== '*') {
    throw refuse(text, 'must say which paths of the host it means', `Write ${text.replace(/\*+$/, '')}:* for all.`)
  }
  requireClearHost(text, host)
  const plainPath = path?.replace(/\/+$/, '') ?? '*'
  return { form: 'scp', transport: 'ssh', user: user ?? '', host: plainHost(host), port: undefined, path: plainPath }
}

function filePattern(text: string): RepositoryPattern {
  if (text === 'file://*') return { form: 'file', transport: 'file', path: '/*' }
  const rule = 'must be file:/// with an absolute path'
  if (!/^file:\/\/\//i.test(text) || /[?#]/.test(text)) throw refuse(text, rule, 'For example: file:///srv/repos/*.')
  try {
    const path = fileURLToPath(text).replace(/(?<=.)\/+$/, '')
    if (!path.includes('\0')) return { form: 'file', transport: 'file', path }
  } catch {
    // Refused below: encoded slashes and malformed escapes.
  }
  throw refuse(text, rule, 'For example: file:///srv/repos/*.')
}

function requireClearHost(text: string, host: string): void {
  if (CLEAR_HOST.test(host)) return
  throw refuse(text, 'may have "*" in a host only before a dot', 'For example: https://*.example.com/*.')
}

const plainHost = (host: string): string => host.toLowerCase().replace(/^\[(.*)\]$/, '$1')

function portOf(port: string | undefined, transport: string): number | '*' | undefined {
  if (port === '*') return '*'
  return port === undefined || Number(port) === USUAL_PORTS[transport] ? undefined : Number(port)
}

/** Whether a remote address is one of those that the pattern means. */
export function matchesRemote(pattern: RepositoryPattern, parts: RepositoryParts): boolean {
  if (pattern.form !== parts.form || pattern.transport !== parts.transport) return false
  const portFits = pattern.port === '*' || pattern.port === parts.port
  return portFits && fits(pattern.user, parts.user) && fits(pattern.host, parts.host) && fits(pattern.path, parts.path)
}

/** Whether an absolute path without `..` is one of those that the pattern means. */
export const matchesPath = (pattern: RepositoryPattern, path: string): boolean =>
  pattern.form === 'file' && fits(pattern.path, path)

/** Whether the whole text is the pattern, each `*` taken for any run of characters, none included. */
function fits(pattern: string, text: string): boolean {
  const [start = '', ...pieces] = pattern.split('*')
  const end = pieces.pop()
  if (end === undefined) return text === pattern
  if (text.length < start.length + end.length || !text.startsWith(start) || !text.endsWith(end)) return false
  let rest = text.slice(start.length, text.length - end.length)
  for (const piece of pieces) {
    const at = rest.indexOf(piece)
    if (at < 0) return false
    rest = rest.slice(at + piece.length)
  }
  return true
}

const refuse = (text: string, rule: string, remedy?: string) =>
  invalidInput(ALLOWED_REPOS, text, rule, remedy, 'config_invalid')
