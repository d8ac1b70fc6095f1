import { CommitSuiteError, invalidInput } from '../contract/index.ts'
import { redactRepository } from './redact.ts'
import { type RepositoryParts, repositoryParts } from './repository-parts.ts'
import { ALLOWED_REPOS, matchesPath, matchesRemote, parsePattern } from './repository-pattern.ts'
import { parseRepository, type RepositoryOptions, type RepositoryRef } from './repository-ref.ts'

export type AllowedRepository =
  | Extract<RepositoryRef, { kind: 'local' }>
  | (Extract<RepositoryRef, { kind: 'remote' }> & { parts: RepositoryParts })

const REMEDY = `Whoever runs the gateway and its workers can allow it with ${ALLOWED_REPOS}.`

/**
 * Reads the repository of a request that came over the network, which may only be one that a pattern means. Nothing is
 * looked up: the address of its host, and where the links of a local path lead, are checked by `ensureMirror`.
 * Throws `invalid_input` or `repo_not_allowed` with field `repo`; no message repeats a credential.
 *
 * @param repo as it was given, or its canonical form
 * @param patterns entries of COMMIT_SUITE_ALLOWED_REPOS
 * @param cwd where relative paths start, which are refused without it: they would mean another folder on each machine
 */
export function parseAllowedRepository(repo: string, patterns: readonly string[], cwd?: string): AllowedRepository {
  const allowed = patterns.map(parsePattern)
  const transports = [...new Set(allowed.map(({ transport }) => transport))]
  const parsed = parse(repo, { transports, ...(cwd === undefined ? {} : { cwd }) })
  if (parsed.kind === 'local') {
    if (cwd === undefined && !/^(?:\/|file:)/i.test(repo)) {
      throw invalidInput('repo', redactRepository(repo), 'must be a URL', 'A local path is written as file:///path.')
    }
    if (allowed.some((pattern) => matchesPath(pattern, parsed.path))) return parsed
    throw repositoryNotAllowed(parsed.url)
  }
  const parts = repositoryParts(parsed.url)
  if (typeof parts === 'string') throw repositoryNotAllowed(repo, parts)
  if (allowed.some((pattern) => matchesRemote(pattern, parts))) return { ...parsed, parts }
  throw repositoryNotAllowed(parsed.url)
}

/** A transport that no pattern names is allowed by those who run the gateway, not by another flag of the caller. */
function parse(repo: string, options: RepositoryOptions): RepositoryRef {
  try {
    return parseRepository(repo, options)
  } catch (error) {
    const refused = error instanceof CommitSuiteError && error.code === 'repo_not_allowed'
    throw refused ? repositoryNotAllowed(repo) : error
  }
}

/** The refusal names no pattern: what else may be tested here is not for everyone to know. */
export function repositoryNotAllowed(
  repo: string,
  rule = 'is not among the repositories that requests from the network may test',
): CommitSuiteError {
  const remedy = rule.startsWith('must') ? undefined : REMEDY
  return invalidInput('repo', redactRepository(repo), rule, remedy, 'repo_not_allowed')
}
