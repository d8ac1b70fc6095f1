import { type ResolveHost, resolveHost } from '../network/resolve-host.ts'
import { type AllowedRepository, parseAllowedRepository } from './allowed-repositories.ts'
import { assertAllowedSource } from './allowed-source.ts'
import { findLocalSource, type LocalSource } from './local-source.ts'
import { type PinnedConnection, pinConnections } from './pinned-connection.ts'

/** What requests that came over the network may reach; requests of this machine's user know no such bounds. */
export interface NetworkAccess {
  /** Entries of COMMIT_SUITE_ALLOWED_REPOS. */
  allowedRepos: readonly string[]
  /** Entries of COMMIT_SUITE_ALLOWED_ADDRESSES. */
  allowedAddresses: readonly string[]
  /** The system's own resolution by default. */
  resolve?: ResolveHost
}

/** A source that passed every check, and how to reach it. */
interface AllowedSource {
  repo: AllowedRepository
  source: LocalSource | undefined
  connections: readonly PinnedConnection[]
}

/**
 * Checks a repository for a request from the network, as it stands now: pattern, addresses or links. To be called
 * before every use, of a mirror that is there already too. Errors: `repo_not_allowed`, `address_not_allowed`,
 * `repo_not_found`, `fetch_failed`, `not_supported`.
 *
 * @param cwd where relative paths start: the folder of a repository that names another by one
 */
export async function checkSource(
  url: string,
  access: NetworkAccess,
  signal: AbortSignal,
  cwd?: string,
): Promise<AllowedSource> {
  const repo = parseAllowedRepository(url, access.allowedRepos, cwd)
  if (repo.kind === 'remote') {
    const rules = { allowedAddresses: access.allowedAddresses, resolve: access.resolve ?? resolveHost }
    return { repo, source: undefined, connections: await pinConnections(repo.url, repo.parts, rules) }
  }
  const source = await findLocalSource(repo.path, signal)
  await assertAllowedSource(repo.url, source, access.allowedRepos, signal)
  return { repo, source, connections: [] }
}
