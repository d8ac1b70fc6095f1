import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type CommitSuiteError, type ErrorCode, invalidInput } from '../contract/index.ts'
import { redactRepository } from './redact.ts'

/**
 * A repository address that passed every check. `url` is its canonical form: parsing it again gives the same,
 * so it is what requests carry (an absolute path for a local repository).
 */
export type RepositoryRef =
  | { kind: 'local'; path: string; url: string }
  | { kind: 'remote'; transport: string; url: string }

export interface RepositoryOptions {
  /** Relative paths start here; the current directory by default. */
  cwd?: string
  /** Allowed transports: `file` (local paths too), `https`, `ssh`, and by name only `http` and `git`. */
  transports: readonly string[]
}

const LONGEST = 4096
const CONTROL_CHARACTER = /[\u0000-\u001f\u007f]/
const REMOTE_HELPER = /^[A-Za-z0-9][A-Za-z0-9+.-]*::/
const URL_SCHEME = /^([A-Za-z][A-Za-z0-9+.-]*):\/\//
const SCP_LIKE = /^(?:([A-Za-z0-9_][A-Za-z0-9._-]*)@)?([A-Za-z0-9_][A-Za-z0-9._-]*|\[[0-9A-Fa-f:.]+\]):(.+)$/
const KNOWN_TRANSPORTS = ['https', 'ssh', 'http', 'git', 'file']

/**
 * Reads `--repo`: a path (absolute, relative, `~`), `file://`, `https://`, `ssh://` or `user@host:path`. Nothing is
 * looked up. Throws `invalid_input` or `repo_not_allowed` with field `repo`; no message repeats a credential.
 */
export function parseRepository(repo: string, options: RepositoryOptions): RepositoryRef {
  if (repo.trim() === '') throw refuse(repo, 'must name a repository')
  if (repo.length > LONGEST) throw refuse(repo, `must have at most ${LONGEST} characters`)
  if (CONTROL_CHARACTER.test(repo)) throw refuse(repo, 'must not contain control characters or line breaks')
  if (repo.startsWith('-')) throw refuse(repo, 'must not begin with a dash', 'Write a relative path as "./-name".')
  if (REMOTE_HELPER.test(repo)) {
    throw refuse(repo, 'must not use a remote helper (transport::address)', `Use ${advice(options.transports)}.`)
  }
  const scheme = URL_SCHEME.exec(repo)?.[1]?.toLowerCase()
  if (scheme !== undefined) return parseUrl(repo, scheme, options)
  if (/^[^/]*:/.test(repo) && !/^\.{0,2}\//.test(repo)) return parseScpLike(repo, options)
  return localRepository(repo, expandHome(repo), options)
}

function parseUrl(repo: string, scheme: string, options: RepositoryOptions): RepositoryRef {
  requireTransport(repo, scheme, options)
  if (!URL.canParse(repo)) throw refuse(repo, 'must be a valid URL')
  const url = new URL(repo)
  refuseUserInfo(repo, url, scheme)
  if (/[?#]/.test(repo)) throw refuse(repo, 'must not have a query or a fragment')
  if (scheme === 'file') return localRepository(repo, pathOfFileUrl(repo, url), options)
  if (url.hostname === '') throw refuse(repo, 'must name a host')
  if (/^-|%2d/i.test(url.hostname)) throw refuse(repo, 'must not name a host that begins with a dash')
  if (/^\/+(-|%2d)/i.test(url.pathname)) throw refuse(repo, 'must not have a path that begins with a dash')
  if (url.pathname.includes('@')) {
    // It may be the end of a password that holds a slash.
    throw refuse(repo, 'must not have "@" after the host', 'Write it as "%40" where it belongs to the path.')
  }
  if (/%(0|1|7f)/i.test(url.pathname)) throw refuse(repo, 'must not contain encoded control characters')
  const path = url.pathname.replace(/\/+$/, '')
  if (path === '') throw refuse(repo, 'must name a repository on its host')
  const user = url.username === '' ? '' : `${url.username}@`
  return { kind: 'remote', transport: scheme, url: `${scheme}://${user}${url.host.toLowerCase()}${path}` }
}

function refuseUserInfo(repo: string, url: URL, scheme: string): void {
  const byReference = 'Give credentials to git (a credential helper or an ssh key), never in the URL.'
  if (url.password !== '') throw refuse(repo, 'must not carry a password or token', byReference)
  if (url.username === '') {
    if (repo.slice(`${scheme}://`.length).split('/', 1)[0]?.includes('@')) {
      throw refuse(repo, 'must not carry user information', byReference)
    }
    return
  }
  if (scheme !== 'ssh') throw refuse(repo, 'must not carry user information', byReference)
  if (!/^[A-Za-z0-9_][A-Za-z0-9._-]*$/.test(url.username)) {
    throw refuse(repo, 'must have an ssh user of letters, digits, ".", "_" and "-" only', byReference)
  }
}

function pathOfFileUrl(repo: string, url: URL): string {
  if (url.hostname !== '' && url.hostname !== 'localhost') throw refuse(repo, 'must not name a host in a file:// URL')
  try {
    const path = fileURLToPath(`file://${url.pathname}`)
    if (!CONTROL_CHARACTER.test(path)) return path
  } catch {
    // Refused below: %2F and malformed escapes.
  }
  throw refuse(repo, 'must not contain encoded slashes, control characters or malformed escapes')
}

function parseScpLike(repo: string, options: RepositoryOptions): RepositoryRef {
  const match = SCP_LIKE.exec(repo)
  const path = match?.[3] ?? ''
  // What stands before an "@" further on may be the password of "user:password@host:path".
  if (match === null || (match[1] === undefined && path.includes('@')) || repo.includes('://')) {
    throw refuse(repo, 'must be a path, a URL or user@host:path', 'Write a path with a colon as "./a:b".')
  }
  requireTransport(repo, 'ssh', options)
  if (path.startsWith('-')) throw refuse(repo, 'must not have a path that begins with a dash')
  return { kind: 'remote', transport: 'ssh', url: repo.replace(/\/+$/, '') }
}

function localRepository(repo: string, path: string, options: RepositoryOptions): RepositoryRef {
  requireTransport(repo, 'file', options)
  const absolute = resolve(options.cwd ?? process.cwd(), path)
  return { kind: 'local', path: absolute, url: absolute }
}

function expandHome(repo: string): string {
  if (repo === '~' || repo.startsWith('~/')) return join(homedir(), repo.slice(1))
  if (repo.startsWith('~')) throw refuse(repo, 'must not use "~user"', 'Write the whole path, or "./~name".')
  return repo
}

function requireTransport(repo: string, scheme: string, options: RepositoryOptions): void {
  if (options.transports.includes(scheme) && KNOWN_TRANSPORTS.includes(scheme)) return
  const what = scheme === 'file' ? 'must not be a local path or file:// URL here' : `must not use ${scheme}://`
  throw refuse(repo, what, `Use ${advice(options.transports)}.`, 'repo_not_allowed')
}

const advice = (transports: readonly string[]): string =>
  transports.map((name) => (name === 'file' ? 'a path' : `${name}://`)).join(', ')

function refuse(repo: string, rule: string, remedy?: string, code?: ErrorCode): CommitSuiteError {
  return invalidInput('repo', redactRepository(repo), rule, remedy, code)
}
