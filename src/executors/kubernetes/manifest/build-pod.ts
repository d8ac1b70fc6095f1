import type { V1Pod } from '@kubernetes/client-node'
import type { RunLimits } from '../../../contract/index.ts'
import type { Template } from '../../../frameworks/templates.ts'
import { KEYS, type PodRole } from '../names.ts'
import { overlaySpec } from './overlay-spec.ts'

export interface PodRequest {
  name: string
  namespace: string
  role: PodRole
  template: Template
  /** These win over the manifest's own. */
  labels: Record<string, string>
  annotations: Record<string, string>
  /** Memory and processors win over manifest and template. */
  limits: RunLimits
  /** Command of the test container. */
  boot: readonly string[]
  activeDeadlineSeconds?: number
  imagePullSecrets: readonly string[]
  priorityClass?: string
}

/**
 * The pod of one run, preparation or warm place: the template's `test-pod.yaml`, or an empty manifest with the
 * template's image, with what we need laid over it. What the manifest sets about security stays: the API server
 * refuses what its namespace does not allow. Throws `template_invalid` where no image is named.
 */
export function buildPod(request: PodRequest): V1Pod {
  const { name, namespace, role, template } = request
  const labels = { ...template.pod?.labels, ...request.labels, [KEYS.role]: role }
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace,
      labels,
      annotations: { ...template.pod?.annotations, ...request.annotations },
    },
    spec: overlaySpec(request, labels),
  }
}
