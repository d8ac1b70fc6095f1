import { CommitSuiteError, invalidInput } from '../contract/index.ts'
import { fetchFailure } from './fetch-failure.ts'
import { type FetchContext, gitFetch, type Promisor } from './git-fetch.ts'
import { checkSource } from './network-access.ts'
import { redactRepository } from './redact.ts'
import { parseRepository } from './repository-ref.ts'

/**
 * A partial clone lacks objects that only its remote has. The mirror takes them from there first, under the same
 * rules for transports and addresses, and the local work on top of it afterwards.
 */
export async function fetchPromisor(context: FetchContext, target: string, url: string): Promise<void> {
  const { repo, connections, source } = context.promisor ?? (await usablePromisor(context, url))
  const from = source?.root ?? repo.url
  const partial = { ...context, from, connections, transports: repo.kind === 'local' ? ['file'] : [repo.transport] }
  const result = await gitFetch(partial, target, [], ['+refs/*:refs/commit-suite/promisor/*'])
  if (result.exitCode !== 0) throw fetchFailure(repo.url, result.stderr)
}

/** Checks the remote of a partial clone; throws an error about the clone that says what is wrong with its remote. */
export async function usablePromisor(
  { from, network, promisorTransports, signal }: FetchContext,
  url: string,
): Promise<Promisor> {
  try {
    return await findPromisor()
  } catch (error) {
    if (!(error instanceof CommitSuiteError) || error.retryable) throw error
    throw invalidInput(
      'repo',
      from,
      `is a partial clone, and its remote ${redactRepository(url)} cannot be used (${error.detail.rule ?? error.message})`,
      'Run `git fetch --refetch --no-filter` in it first.',
      error.code === 'address_not_allowed' ? error.code : 'repo_not_allowed',
    )
  }

  async function findPromisor(): Promise<Promisor> {
    if (network !== undefined) return await checkSource(url, network, signal, from)
    return { repo: parseRepository(url, { cwd: from, transports: promisorTransports }), connections: [] }
  }
}
