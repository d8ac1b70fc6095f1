import { CommitSuiteError, type ErrorCode, quoteValue } from '../contract/index.ts'
import { redactRepository } from './redact.ts'

interface Cause {
  pattern: RegExp
  code: ErrorCode
  rule: string
  remedy?: string
}

/** What git says, first match wins. All else is `fetch_failed`: trouble that may pass. */
const CAUSES: readonly Cause[] = [
  {
    pattern: /transport '.*' not allowed/,
    code: 'repo_not_allowed',
    rule: 'needs a transport that is not allowed',
  },
  {
    pattern: /returned error: 30\d|unable to update url base from redirection/,
    code: 'repo_not_found',
    rule: 'is redirected elsewhere, and redirects are not followed',
    remedy: 'Give the final URL.',
  },
  {
    pattern: /could not read (?:Username|Password)|Authentication failed|Permission denied|returned error: 40[13]/,
    code: 'repo_not_found',
    rule: 'does not exist or may not be read with the credentials of this host',
    remedy: 'Check the address and the credential helper or ssh key of the user that runs the worker.',
  },
  {
    pattern: /Host key verification failed/,
    code: 'repo_not_found',
    rule: 'is on a host whose ssh key is unknown or has changed',
    remedy: 'Connect once with ssh and check the key.',
  },
  {
    pattern:
      /repository '.*' not found|Repository not found|does not appear to be a git repository|returned error: 404/,
    code: 'repo_not_found',
    rule: 'does not exist',
  },
  {
    pattern: /lazy fetching disabled|from promisor remote/,
    code: 'fetch_failed',
    rule: 'is a partial clone whose missing objects could not be had from its remote',
    remedy: 'Run `git fetch --refetch --no-filter` in it.',
  },
]

/** Turns what git wrote to stderr into an error of the catalogue with field `repo`. */
export function fetchFailure(repo: string, stderr: string): CommitSuiteError {
  const cause = CAUSES.find(({ pattern }) => pattern.test(stderr))
  const value = redactRepository(repo)
  const rule = cause?.rule ?? 'could not be fetched'
  const said = lastLines(stderr)
  const message = [`repo: ${quoteValue(value)} – ${rule}.`, cause?.remedy, said && `git says: ${said}`]
  return new CommitSuiteError(cause?.code ?? 'fetch_failed', message.filter(Boolean).join(' '), {
    field: 'repo',
    value,
    rule,
    ...(cause?.remedy === undefined ? {} : { remedy: cause.remedy }),
  })
}

function lastLines(stderr: string): string {
  const telling = stderr.split('\n').filter((line) => /^(?:fatal|error|remote|ssh|ERROR)/.test(line))
  return telling.slice(-3).join(' ').slice(0, 500)
}
