import type { RunLimits } from '../../contract/index.ts'
import type { Template } from '../../frameworks/templates.ts'
import type { EnvironmentOwner } from '../environment-access.ts'
import type { ExecutionContext, Provision, ProvisionRequest, SessionPlaceRequest } from '../executor.ts'
import type { Cluster } from './cluster/cluster.ts'
import { type EnvironmentWants, ensureEnvironment } from './environments/ensure.ts'
import { podNeeds } from './environments/pod-needs.ts'
import type { KubernetesHost } from './host.ts'
import { lanePod } from './pods/lane-pod.ts'

interface Pods {
  template: Template
  limits: RunLimits
  parallelism: number
}

/** Makes or adopts the namespace of a commit or session, sized for the pods that its runs will have. */
export async function provisionLane(
  host: KubernetesHost,
  request: ProvisionRequest,
  { signal }: ExecutionContext,
): Promise<Provision> {
  const { suite, sha, repo, session } = request
  const owner: EnvironmentOwner =
    session === undefined ? { kind: 'lane', suite, sha, repo } : { kind: 'session', session }
  return await provision(host, await host.cluster(request.cluster), { owner, pods: request, createdBy: suite }, signal)
}

/** Makes or adopts the namespace of a session before its first suite, sized for one run at a time. */
export async function provisionSession(
  host: KubernetesHost,
  { session, cluster, template, createdBy }: SessionPlaceRequest,
  { signal }: ExecutionContext,
): Promise<Provision> {
  const pods = { template, limits: {}, parallelism: 1 }
  return await provision(
    host,
    await host.cluster(cluster),
    { owner: { kind: 'session', session }, pods, createdBy },
    signal,
  )
}

async function provision(
  host: KubernetesHost,
  cluster: Cluster,
  { owner, pods, createdBy }: { owner: EnvironmentOwner; pods: Pods; createdBy: string },
  signal: AbortSignal,
): Promise<Provision> {
  const options = owner.kind === 'session' ? { createdBy } : {}
  const { namespace, created } = await ensureEnvironment(cluster, owner, wantsOf(host, cluster, pods), signal, options)
  return { place: `${namespace} in ${cluster.name}`, namespace, existed: !created }
}

function wantsOf(host: KubernetesHost, cluster: Cluster, { template, limits, parallelism }: Pods): EnvironmentWants {
  const sample = lanePod(
    host,
    { cluster, namespace: 'sample', name: 'sample' },
    { role: 'run', suite: 'sample', sha: '0'.repeat(40), purpose: 'sample', template, limits, lifetimeMs: 0 },
  )
  const perPod = podNeeds(sample.spec ?? { containers: [] })
  const { egress, imagePullSecrets } = host.settings
  // A pod counts until it is gone, a second or two after its run: the next one must not have to wait for that.
  return { pods: 2 * parallelism, perPod, egress, imagePullSecrets }
}
