import { clusterOf } from '../cluster-flags.ts'
import type { CliContext } from '../context.ts'
import type { NamedRequest } from './build.ts'

/**
 * The caller's KUBECONFIG goes with a request for the embedded stack: its worker may have been started from another
 * shell. A worker elsewhere has a kubeconfig of its own, and paths of this machine mean nothing there.
 */
export async function withOwnKubeconfig<T extends Pick<NamedRequest, 'executor' | 'cluster'>>(
  { env, cwd, services }: CliContext,
  request: T,
): Promise<T> {
  const { KUBECONFIG: kubeconfig } = env
  if (request.executor !== 'kubernetes' || request.cluster?.kubeconfig !== undefined || !kubeconfig) return request
  if (!(await services.isEmbedded(services.config()))) return request
  return { ...request, cluster: { ...request.cluster, ...clusterOf({ kubeconfig }, cwd) } }
}
