import {
  invalidInput,
  parseIsolationRequest,
  parseSearchRequest,
  parseSuiteRequest,
  parseSweepRequest,
  type SoundIsolation,
  type SoundRequest,
  type SoundSearch,
  type SoundSweep,
} from '../contract/index.ts'
import { parseAllowedRepository } from '../git/allowed-repositories.ts'

/** What whoever runs the gateway and its workers lets requests from the network do: part of the configuration. */
export interface NetworkRules {
  /** Patterns of COMMIT_SUITE_ALLOWED_REPOS. */
  allowedRepos: readonly string[]
  /** Names in COMMIT_SUITE_ALLOWED_SECRETS. */
  allowedSecrets: readonly string[]
}

/**
 * Parses the request of a suite that came over the network and holds it to the rules, looking nothing up; a gateway
 * asks before it starts the workflow, the worker again when it admits the suite. The repository comes back in its
 * canonical form, and on the local executor the isolation is `sandbox` unless given.
 *
 * @throws CommitSuiteError naming field, value, rule and remedy: `invalid_input`, `repo_not_allowed`,
 * `isolation_not_allowed`, `secret_not_allowed`
 */
export function parseNetworkRequest(input: unknown, rules: NetworkRules): SoundRequest {
  return heldToRules(parseSuiteRequest(withSandbox(input)), rules)
}

/** The same for the request of a search. */
export function parseNetworkSearch(input: unknown, rules: NetworkRules): SoundSearch {
  return heldToRules(parseSearchRequest(withSandbox(input)), rules)
}

/** The same for the request of an isolation. */
export function parseNetworkIsolation(input: unknown, rules: NetworkRules): SoundIsolation {
  return heldToRules(parseIsolationRequest(withSandbox(input)), rules)
}

/** The same for the request of a sweep: when it is created, and again at each of its firings. */
export function parseNetworkSweep(input: unknown, rules: NetworkRules): SoundSweep {
  return heldToRules(parseSweepRequest(withSandbox(input)), rules)
}

type Judged = Pick<SoundRequest, 'repo' | 'isolation' | 'cluster' | 'secretEnv'>

function heldToRules<T extends Judged>(request: T, rules: NetworkRules): T {
  const { isolation, cluster, secretEnv } = request
  if (isolation === 'process') {
    const rule = 'does not keep code that nobody vouches for apart, so the network may not ask for it'
    throw invalidInput('isolation', isolation, rule, 'Ask for sandbox, or leave it out.', 'isolation_not_allowed')
  }
  for (const [field, value] of Object.entries({ kubeconfig: cluster?.kubeconfig, context: cluster?.context })) {
    if (value === undefined) continue
    throw invalidInput(`cluster.${field}`, value, 'the worker behind the gateway chooses its cluster', 'Leave it out.')
  }
  const secret = secretEnv.find((name) => !rules.allowedSecrets.includes(name))
  if (secret !== undefined) {
    const remedy = 'Whoever runs the gateway and its workers can allow it with COMMIT_SUITE_ALLOWED_SECRETS.'
    const rule = 'is not among the secrets that requests from the network may refer to'
    throw invalidInput('secretEnv', secret, rule, remedy, 'secret_not_allowed')
  }
  return { ...request, repo: parseAllowedRepository(request.repo, rules.allowedRepos).url }
}

/** Only what is left open: a request that asks for `process` has to be told so. */
function withSandbox(input: unknown): unknown {
  if (typeof input !== 'object' || input === null) return input
  const { executor, isolation } = { executor: undefined, isolation: undefined, ...input }
  const isOpen = isolation === undefined && (executor === undefined || executor === 'local')
  return isOpen ? { ...input, isolation: 'sandbox' } : input
}
