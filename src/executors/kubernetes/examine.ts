import { ApiException, AuthorizationV1Api, type KubeConfig, VersionApi } from '@kubernetes/client-node'
import type { ClusterRef } from '../../contract/index.ts'
import { deepestCause, unavailable } from './cluster/away.ts'
import { loadKubeConfig } from './cluster/load-kubeconfig.ts'

export interface ClusterExamination {
  context: string
  version: string
  /** What we may not do there, such as `create pods/exec`. */
  lacking: string[]
}

/**
 * MAINTENANCE: what the folders `environments` and `pods` ask of the API server; docs/kubernetes.md lists the same.
 */
const RIGHTS: readonly { group: string; resource: string; verbs: readonly string[] }[] = [
  { group: '', resource: 'namespaces', verbs: ['get', 'list', 'create', 'patch', 'delete'] },
  { group: '', resource: 'resourcequotas', verbs: ['get', 'create', 'patch'] },
  { group: '', resource: 'limitranges', verbs: ['create', 'patch'] },
  { group: '', resource: 'serviceaccounts', verbs: ['create', 'patch'] },
  { group: 'networking.k8s.io', resource: 'networkpolicies', verbs: ['create', 'patch'] },
  { group: '', resource: 'pods', verbs: ['get', 'list', 'watch', 'create', 'delete', 'deletecollection'] },
  // A WebSocket begins as a GET; newer API servers ask for `create` too.
  { group: '', resource: 'pods/exec', verbs: ['get', 'create'] },
  { group: '', resource: 'events', verbs: ['list'] },
]

/**
 * Who the cluster is and what we may not do in it, in any of its namespaces; changes nothing there. Throws
 * `cluster_invalid` for a configuration that cannot be used, `cluster_unavailable`, or the signal's reason.
 */
export async function examineCluster(ref: ClusterRef | undefined, signal: AbortSignal): Promise<ClusterExamination> {
  const config = loadKubeConfig(ref)
  const stopped = Promise.withResolvers<never>()
  const stop = (): void => stopped.reject(signal.reason)
  signal.addEventListener('abort', stop, { once: true })
  try {
    return await Promise.race([examine(config), stopped.promise])
  } catch (error) {
    signal.throwIfAborted()
    const server = config.getCurrentCluster()?.server ?? ''
    const answered = error instanceof ApiException ? `it answered HTTP ${error.code}` : deepestCause(error).message
    throw unavailable({ context: config.getCurrentContext(), server }, new Error(answered))
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

async function examine(config: KubeConfig): Promise<ClusterExamination> {
  const { gitVersion } = await config.makeApiClient(VersionApi).getCode()
  const reviews = config.makeApiClient(AuthorizationV1Api)
  const asked = RIGHTS.flatMap(({ verbs, ...right }) => verbs.map((verb) => ({ verb, ...right })))
  const answers = await Promise.all(
    asked.map(async (right) => ((await allows(reviews, right)) ? [] : [inWords(right)])),
  )
  return { context: config.getCurrentContext(), version: gitVersion, lacking: answers.flat() }
}

interface Right {
  verb: string
  group: string
  resource: string
}

const inWords = ({ verb, resource }: Right): string => `${verb} ${resource}`

async function allows(reviews: AuthorizationV1Api, { verb, group, resource: full }: Right): Promise<boolean> {
  const [resource = '', subresource] = full.split('/')
  const resourceAttributes = { verb, group, resource, ...(subresource === undefined ? {} : { subresource }) }
  const { status } = await reviews.createSelfSubjectAccessReview({
    body: { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview', spec: { resourceAttributes } },
  })
  return status?.allowed === true
}
