import type { V1PodSpec, V1Toleration, V1TopologySpreadConstraint } from '@kubernetes/client-node'
import { KEYS } from '../names.ts'
import type { PodRequest } from './build-pod.ts'
import { manifestSpec } from './manifest-spec.ts'
import { overlayContainer, overlayTestContainer } from './overlay-container.ts'
import { ownVolumes } from './own-volumes.ts'
import { runResources } from './run-resources.ts'
import { podSecurity } from './security.ts'
import { testContainer } from './test-container.ts'

/** Without a token; the environment of the namespace makes it. */
const SERVICE_ACCOUNT = 'commit-suite-runs'
/** The runner has ended the run by itself before its pod goes. */
const GRACE_SECONDS = 2
/** By default a pod stays bound to a lost node for 300 s. */
const NODE_LOSS_SECONDS = 30

export function overlaySpec(request: PodRequest, labels: Record<string, string>): V1PodSpec {
  const { template, limits, activeDeadlineSeconds, priorityClass } = request
  const {
    activeDeadlineSeconds: _theirs,
    serviceAccount: _alias,
    priority,
    priorityClassName = undefined,
    ...spec
  } = manifestSpec(template)
  const tested = testContainer(template)
  const manifest = spec.containers.find(({ name }) => name === tested)
  const resources = runResources(manifest?.resources, template.resources, limits)
  const ofTests = { request, resources }
  return {
    ...spec,
    containers: spec.containers.map((container) =>
      container.name === tested ? overlayTestContainer(container, ofTests) : overlayContainer(container),
    ),
    ...(spec.initContainers && { initContainers: spec.initContainers.map(overlayContainer) }),
    volumes: [...(spec.volumes ?? []), ...ownVolumes(resources, manifest?.volumeMounts)],
    restartPolicy: 'Never',
    automountServiceAccountToken: false,
    serviceAccountName: SERVICE_ACCOUNT,
    enableServiceLinks: false,
    terminationGracePeriodSeconds: GRACE_SECONDS,
    ...(activeDeadlineSeconds !== undefined && { activeDeadlineSeconds }),
    ...priorityOf(priorityClass, { priority, priorityClassName }),
    securityContext: podSecurity(spec.securityContext),
    imagePullSecrets: pullSecrets(spec, request.imagePullSecrets),
    tolerations: [...(spec.tolerations ?? []), ...nodeLoss(spec.tolerations ?? [])],
    topologySpreadConstraints: spec.topologySpreadConstraints ?? spread(labels),
  }
}

function priorityOf(
  wanted: string | undefined,
  theirs: { priority: number | undefined; priorityClassName: string | undefined },
): Pick<V1PodSpec, 'priority' | 'priorityClassName'> {
  if (wanted !== undefined) return { priorityClassName: wanted }
  return {
    ...(theirs.priority !== undefined && { priority: theirs.priority }),
    ...(theirs.priorityClassName !== undefined && { priorityClassName: theirs.priorityClassName }),
  }
}

function pullSecrets(spec: V1PodSpec, ours: readonly string[]): { name: string }[] {
  const theirs = (spec.imagePullSecrets ?? []).map(({ name }) => name ?? '')
  return [...new Set([...theirs, ...ours])].map((name) => ({ name }))
}

/** So that the loss of a node is seen soon; what the manifest says of the same taint stays. */
function nodeLoss(theirs: readonly V1Toleration[]): V1Toleration[] {
  return ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable']
    .filter((key) => !theirs.some((toleration) => toleration.key === key))
    .map((key) => ({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: NODE_LOSS_SECONDS }))
}

/** The pods of a suite share out over the nodes where that is possible. */
function spread(labels: Record<string, string>): V1TopologySpreadConstraint[] {
  const suite = labels[KEYS.suite]
  if (suite === undefined) return []
  const labelSelector = { matchLabels: { [KEYS.suite]: suite } }
  return [{ maxSkew: 1, topologyKey: 'kubernetes.io/hostname', whenUnsatisfiable: 'ScheduleAnyway', labelSelector }]
}
