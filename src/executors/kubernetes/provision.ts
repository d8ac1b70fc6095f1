import type { ExecutionContext, Provision, ProvisionRequest } from '../executor.ts'
import { ensureEnvironment } from './environments/ensure.ts'
import type { EnvironmentOwner } from './environments/owner.ts'
import { podNeeds } from './environments/pod-needs.ts'
import type { KubernetesHost } from './host.ts'
import { laneNamespace } from './names.ts'
import { lanePod } from './pods/lane-pod.ts'

/** Makes or adopts the namespace of a commit or session, sized for the pods that its runs will have. */
export async function provisionLane(
  host: KubernetesHost,
  request: ProvisionRequest,
  { signal }: ExecutionContext,
): Promise<Provision> {
  const { suite, sha, repo, session, parallelism, template, limits } = request
  const cluster = await host.cluster(request.cluster)
  const owner: EnvironmentOwner =
    session === undefined ? { kind: 'lane', suite, sha, repo } : { kind: 'session', session }
  const sample = lanePod(
    host,
    { cluster, namespace: laneNamespace(suite, sha), name: 'sample' },
    { role: 'run', suite, sha, purpose: 'sample', template, limits, lifetimeMs: 0 },
  )
  const perPod = podNeeds(sample.spec ?? { containers: [] })
  const { egress, imagePullSecrets } = host.settings
  // A pod counts until it is gone, a second or two after its run: the next one must not have to wait for that.
  const wants = { pods: 2 * parallelism, perPod, egress, imagePullSecrets }
  const { namespace } = await ensureEnvironment(cluster, owner, wants, signal)
  return { place: `${namespace} in ${cluster.name}` }
}
