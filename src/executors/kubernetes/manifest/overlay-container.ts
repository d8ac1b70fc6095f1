import type { V1Container, V1ResourceRequirements } from '@kubernetes/client-node'
import { invalidInput } from '../../../contract/index.ts'
import { POD_ROOT } from '../../../frameworks/template/reserved.ts'
import type { PodRequest } from './build-pod.ts'
import { ownMounts } from './own-volumes.ts'
import { containerSecurity } from './security.ts'

/** A container beside the tests: its own business but for what Pod Security asks. */
export function overlayContainer(container: V1Container): V1Container {
  return {
    imagePullPolicy: 'IfNotPresent',
    ...container,
    securityContext: containerSecurity(container.securityContext),
  }
}

/**
 * The container of the tests keeps its image, environment, mounts and security; what would start, stop or probe it
 * on its own goes, as the runner in it does all that.
 */
export function overlayTestContainer(
  container: V1Container,
  { request, resources }: { request: PodRequest; resources: V1ResourceRequirements },
): V1Container {
  const {
    args: _args,
    stdinOnce: _once,
    livenessProbe: _live,
    readinessProbe: _ready,
    startupProbe: _startup,
    lifecycle: _lifecycle,
    ports: _ports,
    restartPolicy: _restart,
    restartPolicyRules: _rules,
    ...kept
  } = overlayContainer(container)
  const { template, boot } = request
  return {
    ...kept,
    image: kept.image ?? template.image ?? noImage(request),
    command: [...boot],
    // The image's own folder may be closed to our user.
    workingDir: POD_ROOT,
    stdin: false,
    tty: false,
    resources,
    securityContext: { readOnlyRootFilesystem: true, ...kept.securityContext },
    volumeMounts: [...(kept.volumeMounts ?? []), ...ownMounts(kept.volumeMounts)],
  }
}

function noImage({ template }: PodRequest): never {
  const field = `${template.folder}: image`
  throw invalidInput(field, null, 'must be set for runs in pods', 'Set it in template.yaml.', 'template_invalid')
}
