import { invalidInput } from '../../contract/index.ts'
import type { CliContext } from '../context.ts'
import type { GatewayPlace } from '../site/gateway.ts'
import { isLocalPath, type NamedRequest } from './build.ts'

/** Throws `invalid_input` for a path: a gateway tests what it can fetch. URLs are its to judge. */
export async function requireReachable(
  { services }: CliContext,
  { repo }: Pick<NamedRequest, 'repo'>,
  { urlField }: GatewayPlace,
): Promise<void> {
  if (!isLocalPath(repo)) return
  const remote = await services.remoteOf(repo)
  const remedy = remote === undefined ? 'Give the URL of a repository.' : `Use its remote: --repo ${remote}`
  throw invalidInput('--repo', repo, `is a path of this machine, and the gateway of ${urlField} fetches by URL`, remedy)
}
