import type { V1Pod } from '@kubernetes/client-node'
import { type RunLimits, sha12 } from '../../../contract/index.ts'
import type { Template } from '../../../frameworks/templates.ts'
import type { KubernetesHost } from '../host.ts'
import { bootCommand } from '../in-pod/commands.ts'
import { buildPod } from '../manifest/build-pod.ts'
import { ROOT } from '../manifest/own-volumes.ts'
import { KEYS, MANAGED_BY, type PodRole } from '../names.ts'
import type { PodPlace } from './create-pod.ts'

export interface LanePodRequest {
  role: PodRole
  suite: string
  sha: string
  /** What the pod is for; a pod of the same name is ours only if it says the same. */
  purpose: string
  template: Template
  limits: RunLimits
  /** The cluster ends the pod after so long, whatever we do; a backstop, well beyond our own limits. */
  lifetimeMs: number
  labels?: Record<string, string>
}

/** A pod of a commit's lane, as it is sent to the API server. */
export function lanePod(host: KubernetesHost, { namespace, name }: PodPlace, request: LanePodRequest): V1Pod {
  const { role, suite, sha, purpose, template, limits, lifetimeMs } = request
  return buildPod({
    name,
    namespace,
    role,
    template,
    limits,
    labels: {
      [KEYS.managedBy]: MANAGED_BY,
      [KEYS.suite]: suite,
      [KEYS.commit]: sha12(sha),
      ...request.labels,
    },
    annotations: { [KEYS.sha]: sha, [KEYS.run]: purpose },
    // What runs may write to besides the root: the rest of the container is read-only.
    boot: bootCommand(ROOT, ['/tmp', '/dev/shm']),
    activeDeadlineSeconds: Math.ceil(lifetimeMs / 1000),
    imagePullSecrets: host.settings.imagePullSecrets,
  })
}
