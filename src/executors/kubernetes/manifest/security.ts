import type { V1PodSecurityContext, V1SecurityContext } from '@kubernetes/client-node'

/** The user that our images make. */
const ID = 1000

/** What the restricted Pod Security Standard asks of a pod, where the manifest is silent. */
export function podSecurity(theirs: V1PodSecurityContext | undefined): V1PodSecurityContext {
  return {
    runAsNonRoot: true,
    runAsUser: ID,
    runAsGroup: ID,
    fsGroup: theirs?.runAsGroup ?? ID,
    seccompProfile: { type: 'RuntimeDefault' },
    ...theirs,
  }
}

/** What it asks of every container, where the manifest is silent. */
export function containerSecurity(theirs: V1SecurityContext | undefined): V1SecurityContext {
  return {
    allowPrivilegeEscalation: false,
    ...theirs,
    capabilities: { drop: ['ALL'], ...theirs?.capabilities },
  }
}
