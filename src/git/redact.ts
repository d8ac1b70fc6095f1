const PLAIN_SSH_USER = /^[A-Za-z0-9._-]+$/

/**
 * A repository address fit for messages and logs: everything that could be a credential is replaced by `***`.
 * It errs on the side of hiding too much, since a password may itself hold `@`, `/` or `:`.
 */
export function redactRepository(repo: string): string {
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*:\/\/|[A-Za-z0-9][A-Za-z0-9+.-]*::)/.exec(repo)?.[0] ?? ''
  if (scheme === '' && !repo.includes('@')) return repo
  const rest = repo.slice(scheme.length)
  // Which of the two ends what is secret cannot be told.
  if (/@/.test(rest) && /[?#]/.test(rest)) return `${scheme}***`
  return scheme + hideQuery(hideUserInfo(rest, scheme === '' || scheme === 'ssh://'))
}

function hideUserInfo(rest: string, plainUserIsPublic: boolean): string {
  const at = rest.lastIndexOf('@')
  if (at < 0) return rest
  const user = rest.slice(0, at)
  return plainUserIsPublic && PLAIN_SSH_USER.test(user) ? rest : `***${rest.slice(at)}`
}

function hideQuery(rest: string): string {
  const start = rest.search(/[?#]/)
  return start < 0 ? rest : `${rest.slice(0, start + 1)}***`
}
